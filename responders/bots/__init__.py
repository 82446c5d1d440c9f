"""The on-call people's chat as a face on decisions: no rule of its own lives here."""
