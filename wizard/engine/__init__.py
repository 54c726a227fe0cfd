"""Diffs, plans, applies, verifies and records changes. Does not depend on any kind of resource or any cloud."""
