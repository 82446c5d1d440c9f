"""One file a kind of channel; a file's name is its registration. Only plug-ins live here."""
