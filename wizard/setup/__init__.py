"""Questions, answers and setup files: what the operator wants, as data."""
