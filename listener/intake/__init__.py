"""What people bring: history files, pasted texts, addresses, messages of a chat."""
