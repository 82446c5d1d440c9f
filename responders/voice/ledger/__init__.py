"""Who was told what, who waits for a word, which promises run and where silence lasts too long."""
