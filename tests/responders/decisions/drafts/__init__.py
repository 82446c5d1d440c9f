"""Tests of decisions/drafts."""
