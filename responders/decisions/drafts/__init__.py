"""What people decide of texts: yes, no, other words, together, taken back."""
