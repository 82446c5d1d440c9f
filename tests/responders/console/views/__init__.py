"""Tests of what the pages print."""
