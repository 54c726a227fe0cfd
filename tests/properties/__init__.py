"""Properties of everything that the wizard shares with others: policies, definitions, annotations and files."""
