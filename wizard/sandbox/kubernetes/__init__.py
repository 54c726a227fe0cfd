"""The Kubernetes API of a GKE cluster: what kubectl and the clients ask of it, and pods that run the probe.

Behaviour and texts are those of Kubernetes 1.33 (API reference, API conventions, and the messages of its own source).
"""
