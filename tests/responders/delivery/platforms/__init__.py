"""Tests of ``responders.delivery.platforms``."""
