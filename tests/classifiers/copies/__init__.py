"""Tests of ``classifiers.copies``."""
