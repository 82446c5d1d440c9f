"""Tests of ``responders.oncall.cards``."""
