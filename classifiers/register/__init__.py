"""The register of releases: read where a product declares them, and linked to issues."""
