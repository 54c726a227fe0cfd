"""Rules about Kubernetes service accounts."""
