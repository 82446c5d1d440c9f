"""Tests of ``classifiers.replays``."""
