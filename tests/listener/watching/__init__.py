"""Tests of ``listener.watching``."""
