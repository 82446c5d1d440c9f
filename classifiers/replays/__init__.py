"""Histories decided once more: read, compared and scored."""
