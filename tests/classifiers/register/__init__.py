"""Tests of ``classifiers.register``."""
