"""The Slack bot: the real libraries against a small Slack."""
