"""Tests of ``listener.reading``."""
