"""The command line: a thin face; no rule of its own."""
