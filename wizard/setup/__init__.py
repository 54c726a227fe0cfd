"""What the operator wants, as data."""
