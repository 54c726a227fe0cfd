"""wif-wizard: sets up Workload Identity Federation for workloads on AWS and GKE, and tests it live."""

__version__ = "0.1.0"
