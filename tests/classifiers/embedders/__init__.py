"""Tests of the embedders and of their contract."""
