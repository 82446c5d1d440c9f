"""Tests of decisions/issues."""
