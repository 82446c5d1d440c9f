"""The commands about what is heard and noticed: sources, posts, releases, backtests."""
