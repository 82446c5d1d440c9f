"""Tests of commands/issues."""
