"""Rules about GKE clusters and node pools."""
