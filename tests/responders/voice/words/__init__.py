"""Tests of voice/words."""
