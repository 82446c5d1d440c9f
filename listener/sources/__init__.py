"""One file a kind of source; a file's name is its registration. Only plug-ins live here."""
