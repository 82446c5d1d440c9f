"""Tests of ``listener.pacing``."""
