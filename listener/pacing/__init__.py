"""Manners: how often a place is asked, what its hosts and quotas allow, what may be read."""
