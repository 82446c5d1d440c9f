"""Tests of the linter's rules, theme by theme."""
