"""google-cloud-resource-manager, over gRPC and over REST."""

import sys

from google.cloud import resourcemanager_v3

client = resourcemanager_v3.ProjectsClient(transport=sys.argv[1])
print(client.get_project(name="projects/acme-analytics").display_name)
print([project.project_id for project in client.search_projects()])
print(len(client.get_iam_policy(resource="projects/acme-analytics").bindings))
