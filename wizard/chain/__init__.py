"""The live token test: the steps a credential takes from the workload to the target API."""
