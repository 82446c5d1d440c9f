"""From posts to issues. Nothing here fetches, sends or shows."""
