"""Tests of config, mirroring the tree."""
