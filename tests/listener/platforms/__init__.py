"""Tests of ``listener.platforms``."""
