"""Sessions with the clouds, and the error type for everything that they refuse."""
