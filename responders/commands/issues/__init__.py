"""The commands about issues."""
