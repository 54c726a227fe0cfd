"""google-cloud-container, over gRPC."""

from google.cloud import container_v1

client = container_v1.ClusterManagerClient()
for cluster in client.list_clusters(parent="projects/acme-payments/locations/-").clusters:
    print(cluster.name, cluster.endpoint)
