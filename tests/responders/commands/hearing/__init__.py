"""Tests of commands/hearing."""
