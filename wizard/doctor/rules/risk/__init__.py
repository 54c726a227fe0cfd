"""Rules about what works, and gives access to more than the workload."""
