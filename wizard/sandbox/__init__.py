"""A loopback cloud that refuses what the real ones refuse."""
