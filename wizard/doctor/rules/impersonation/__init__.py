"""Rules about the service account that a workload impersonates."""
