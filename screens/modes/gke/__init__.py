"""The pages about workloads on GKE."""
