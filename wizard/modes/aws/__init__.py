"""The mode of workloads on AWS."""
