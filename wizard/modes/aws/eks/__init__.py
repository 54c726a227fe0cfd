"""Pods on Amazon EKS, whose identity for Google is their Kubernetes service account: no IAM role is involved."""
