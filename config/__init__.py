"""The ground every stage stands on. Nothing here knows of posts, issues or replies."""
