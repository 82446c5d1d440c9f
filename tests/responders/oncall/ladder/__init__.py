"""Tests of ``responders.oncall.ladder``."""
