"""Tests of the HTTP interface for programs and of the numbers for monitoring."""
