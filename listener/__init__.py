"""From the web to posts. Nothing here knows of clusters, issues or replies."""
