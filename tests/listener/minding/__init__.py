"""Tests of ``listener.minding``."""
