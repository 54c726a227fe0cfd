"""The things in the clouds that must be so, one file per kind."""
