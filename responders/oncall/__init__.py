"""Alerts to the on-call people. Nothing here speaks in public."""
