"""What goes on at the places after a text was made: answers to us, replies overtaken."""
