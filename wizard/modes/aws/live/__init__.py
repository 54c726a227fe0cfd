"""The live test of a workload on AWS."""
