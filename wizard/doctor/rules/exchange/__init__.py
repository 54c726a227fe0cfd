"""Rules about the pool, the provider, and the exchange of a token."""
