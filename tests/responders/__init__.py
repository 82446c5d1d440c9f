"""Tests of responders, mirroring the tree."""
