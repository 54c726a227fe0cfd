"""Sessions with the real clouds, and the one error type for what they refuse."""
