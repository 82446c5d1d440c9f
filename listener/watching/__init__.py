"""How a place comes to be watched: found, tried, declared, imported from a list."""
