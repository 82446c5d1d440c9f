"""What is to be sent, exactly once. The outbox alone calls a channel."""
