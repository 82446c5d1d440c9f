"""Tests of ``listener.intake``."""
