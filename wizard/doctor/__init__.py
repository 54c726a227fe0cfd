"""The doctor: what can be wrong with federation, each under a code of its own, and how it is recognised."""
