"""Workloads on AWS."""
