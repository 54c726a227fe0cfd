"""Computes what the token services decide: principals, mappings, conditions and trust. Pure functions, no I/O."""
