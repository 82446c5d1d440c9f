"""What we say to people in their threads: drafts and promises. Nothing here sends."""
