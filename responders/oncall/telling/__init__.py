"""What is told after the first alert: edits, digests, repeats, rises, hand-overs."""
