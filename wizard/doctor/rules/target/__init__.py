"""Rules about the project that a workload calls, its services and its policy."""
