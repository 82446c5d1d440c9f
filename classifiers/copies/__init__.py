"""What must count once: copies, disguised copies, and waves that come from outside."""
