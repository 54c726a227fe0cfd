"""The pages of each mode."""
