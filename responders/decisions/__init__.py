"""What people decide: one act each, audited. Every face calls these; none has rules of its own."""
