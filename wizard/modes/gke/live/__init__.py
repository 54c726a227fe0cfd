"""The live test of workloads on GKE."""
