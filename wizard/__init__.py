"""wif-wizard: Workload Identity Federation for AWS and GKE workloads, set up and seen to work."""

__version__ = "0.1.0"
