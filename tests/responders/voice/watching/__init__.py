"""Tests of voice/watching."""
