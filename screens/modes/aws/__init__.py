"""The pages about a workload on AWS."""
