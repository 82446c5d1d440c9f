"""From bytes to posts: feeds and pages taken apart, in a process that can be killed."""
