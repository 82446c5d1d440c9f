"""Tests of classifiers, mirroring the tree."""
