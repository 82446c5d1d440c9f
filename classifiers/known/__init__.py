"""What is known already: live issues, past ones, bursts that come back."""
