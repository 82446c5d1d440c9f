"""A real browser looks at console and page. Run by `make browser`."""
