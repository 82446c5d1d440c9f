"""Tests of ``responders.oncall.tickets``."""
