"""Small real servers on loopback that stand in for the outside; no test reaches further."""
