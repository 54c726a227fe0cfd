"""The kubernetes client for Python."""

from kubernetes import client, config

config.load_kube_config()
core = client.CoreV1Api()
print(len(core.list_pod_for_all_namespaces().items))
print(core.create_namespaced_service_account("anti-fraud", {"metadata": {"name": "by-a-program"}}).metadata.name)
