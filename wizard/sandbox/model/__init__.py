"""The state of the sandbox: projects, policies, pools, clusters and what else its services read and change."""
