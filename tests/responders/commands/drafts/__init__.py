"""Tests of commands/drafts."""
