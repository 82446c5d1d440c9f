"""Tests of ``classifiers.corrections``."""
