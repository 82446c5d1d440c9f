"""Tests of the channels, one file each."""
