"""Whether we may speak at all: policies of places, wishes of authors, what a person must answer."""
