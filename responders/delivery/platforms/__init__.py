"""What the channels know of each platform: limits, rights, markup, answers."""
