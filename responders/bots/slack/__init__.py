"""The Slack bot: hears what is pressed and typed there; the acts are those of every chat face."""
