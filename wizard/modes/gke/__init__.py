"""Workloads on GKE."""
