"""The HTTP interface for programs, and the numbers for monitoring.

It says the command line's JSON over HTTP and calls the same acts, so it stands above both faces;
no rule of its own. Pages for people live in `console`, never here.
"""
