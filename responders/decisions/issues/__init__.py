"""What people decide of issues: names, states, what belongs together, who has them."""
