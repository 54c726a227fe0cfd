"""The mode of workloads on GKE."""
