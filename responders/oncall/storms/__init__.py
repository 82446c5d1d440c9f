"""Many alerts at once: when it is a storm, and what a worse issue explains."""
