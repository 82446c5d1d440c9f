"""Tests of voice/leave."""
