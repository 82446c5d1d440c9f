"""Tests of ``classifiers.known``."""
