"""What the token services decide, computed here: principals, mappings, conditions, trust. Pure."""
