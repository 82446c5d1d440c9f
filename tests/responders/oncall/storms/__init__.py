"""Tests of ``responders.oncall.storms``."""
