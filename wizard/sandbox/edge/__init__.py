"""The sandbox's edge: a forward proxy on loopback that answers for the clouds' true host names."""
