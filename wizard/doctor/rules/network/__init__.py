"""Rules about the way to the hosts of the clouds."""
