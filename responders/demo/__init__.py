"""The incident day: loopback places in their own process, the script and the narration."""
