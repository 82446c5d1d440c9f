"""Tests of listener, mirroring the tree."""
