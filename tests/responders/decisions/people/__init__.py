"""Tests of decisions/people."""
