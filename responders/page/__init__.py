"""The public page: incidents as people may read them, rendered to files. Nothing here decides."""
