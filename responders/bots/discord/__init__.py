"""Discord as a chat face: what is pressed and typed there."""
