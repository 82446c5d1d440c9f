"""Who may decide, and what is erased or left in peace because a person asked for it."""
