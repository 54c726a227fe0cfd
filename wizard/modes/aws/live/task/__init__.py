"""The live test in the workload's own runtime: a one-off task, job or function that the wizard starts and removes."""
