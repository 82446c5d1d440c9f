"""Engineering's tickets: looked at, and what they say of an issue."""
