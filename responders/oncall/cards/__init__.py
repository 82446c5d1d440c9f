"""The card as each kind of destination shows it."""
