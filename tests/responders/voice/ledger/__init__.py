"""Tests of voice/ledger."""
