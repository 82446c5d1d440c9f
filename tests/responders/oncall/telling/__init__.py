"""Tests of ``responders.oncall.telling``."""
