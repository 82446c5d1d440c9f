"""The commands about texts: drafts, deliveries, threads and what was promised."""
