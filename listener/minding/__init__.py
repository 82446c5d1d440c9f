"""Posts once they are stored: ours, answers to us, crossings, erasure."""
