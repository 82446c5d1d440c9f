"""What the sources know of each platform: its answers, its lists and how they are gone through."""
