"""The ways into Google Cloud: one folder each, which holds all that only that mode knows."""
