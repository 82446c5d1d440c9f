"""`make bench`: speed, side by side with the peer in the same run. Prints figures, asserts none."""
