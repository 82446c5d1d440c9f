"""One file a kind of embedder; a file's name is its registration. Only plug-ins live here."""
