"""The scenario with a cluster starts without AWS, and its parts fit each other."""

import yaml

from wizard.sandbox.model.roles import role_table
from wizard.sandbox.process import Sandbox
from wizard.sandbox.scenario import load

MINE = {
    "AWS_ACCESS_KEY_ID": "AKIAMINE",
    "AWS_SECRET_ACCESS_KEY": "my own",
    "AWS_CONFIG_FILE": "/home/me/.aws/config",
    "AWS_SHARED_CREDENTIALS_FILE": "/home/me/.aws/credentials",
}
"""Credentials of the person at the keyboard."""


def test_a_sandbox_without_aws_starts_and_leads_to_its_clusters() -> None:
    with Sandbox("gke-spanner") as sandbox:
        variables = sandbox.variables
        environ = sandbox.environ({"KUBECONFIG": "/elsewhere", "CLOUDSDK_CONTAINER_CLUSTER": "another", **MINE})

    assert variables["HTTPS_PROXY"].startswith("http://127.0.0.1:")
    assert variables["CLOUDSDK_CORE_PROJECT"] == "acme-payments"
    assert not {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"} & set(variables)
    assert environ.get("KUBECONFIG") != "/elsewhere"
    assert "CLOUDSDK_CONTAINER_CLUSTER" not in environ
    assert not set(MINE.values()) & set(environ.values())


def test_the_setup_names_what_is_there_and_a_permission_that_can_be_tested() -> None:
    scenario = load("gke-spanner")
    [project] = scenario.google["projects"]
    [cluster] = project["clusters"]
    setup = yaml.safe_load(scenario.setup)

    assert setup["google"]["project"] == project["id"]
    assert (setup["gke"]["cluster"], setup["gke"]["location"]) == (cluster["name"], cluster["location"])
    assert set(setup["gke"]["node_pools"]) <= {pool["name"] for pool in cluster["node_pools"]}
    [role] = setup["workloads"][0]["grants"][0]["roles"]
    found = role_table().get(role)
    assert found is not None
    assert "spanner.databases.select" in found.permissions
    assert role_table().testable_on_projects("spanner.databases.select")
