"""The tests of what people decide."""
