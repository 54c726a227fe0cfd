"""The permission step for many roles, granted and not granted, each as the workload in one sandbox."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

from tests.modes.aws.live.sandbox_world import ACCOUNT, World
from wizard.chain import probe as probing
from wizard.chain.hop import PERMISSION, Hop, Outcome, Refusal, Verdict, verdict
from wizard.chain.probe import Probe
from wizard.chain.role_results import judged
from wizard.chain.target import permission_request
from wizard.clouds.session import Clouds
from wizard.federation.principals import FederatedIdentity, admits
from wizard.modes.aws.live.facts import ProviderFacts
from wizard.modes.aws.live.predict import predict
from wizard.modes.live_targets import TargetReader

PROJECT, OPERATOR, SOMEONE = "acme-analytics", "user:operator@acme.example", "user:someone@acme.example"
WORKLOAD = (
    "principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aws-prod/"
    f"attribute.aws_role/arn:aws:sts::{ACCOUNT}:assumed-role/rds-to-bigquery"
)

PREDEFINED = """
aiplatform.user artifactregistry.reader artifactregistry.writer bigquery.admin bigquery.connectionUser
bigquery.dataEditor bigquery.dataOwner bigquery.dataViewer bigquery.jobUser bigquery.metadataViewer
bigquery.readSessionUser bigquery.user bigtable.reader bigtable.user billing.viewer browser
cloudbuild.builds.editor cloudfunctions.invoker cloudkms.cryptoKeyDecrypter
cloudkms.cryptoKeyEncrypterDecrypter cloudkms.signerVerifier cloudscheduler.jobRunner cloudsql.client
cloudsql.instanceUser cloudtasks.enqueuer cloudtrace.agent compute.viewer container.clusterViewer
container.developer dataflow.worker dataproc.worker datastore.user datastore.viewer dns.reader
documentai.apiUser editor errorreporting.writer eventarc.eventReceiver iam.serviceAccountTokenCreator
iam.serviceAccountUser logging.logWriter logging.viewer managedkafka.client monitoring.metricWriter
monitoring.viewer pubsub.editor pubsub.publisher pubsub.subscriber pubsub.viewer redis.viewer
resourcemanager.folderViewer resourcemanager.organizationViewer run.developer run.invoker
secretmanager.secretAccessor spanner.databaseReader spanner.databaseUser storage.objectAdmin
storage.objectCreator storage.objectViewer
"""

CUSTOM = {
    f"projects/{PROJECT}/roles/loader": ["bigquery.jobs.create", "bigquery.tables.updateData"],
    f"projects/{PROJECT}/roles/listsAll": ["resourcemanager.projects.list", "storage.objects.list"],
    "organizations/123456789/roles/publisher": ["pubsub.topics.publish"],
}

ROLES = [*(f"roles/{name}" for name in PREDEFINED.split()), *CUSTOM]

_END = Outcome(Hop("end", "The end", ends_test=True), "ok")

State = Literal["granted", "not granted", "another granted"]
ANOTHER = "roles/browser"
STATES: tuple[State, ...] = ("granted", "not granted", "another granted")
"""Whether the workload has the role, has none, or has ANOTHER in its place; someone else always has it."""


@dataclass(frozen=True)
class Result:
    """What the test of one role said."""

    role: str
    state: State
    verdict: Verdict
    testable: bool
    """Whether the project can test a permission of the role."""

    @property
    def word(self) -> str:
        """The verdict in a word."""
        if not self.verdict.passed:
            return "failed"
        return "passed" if self.verdict.is_proven else "not proven"

    @property
    def wrong(self) -> str:
        """What is wrong with it; empty if it is right."""
        if self.state == "granted":
            return "" if self.verdict.passed else "failed although it is granted"
        if self.verdict.is_proven:
            return "passed although it is not granted"
        return "not failed although it can be tested" if self.testable and self.verdict.passed else ""


class Matrix:
    """The workload, with a federated token, in a sandbox to which the environment leads."""

    def __init__(self, world: World) -> None:
        self._clouds = Clouds(PROJECT, environ=dict(os.environ))
        test = world.test(world.inside_config())
        request = test.probe_request(datetime.now(UTC), link_local=False)
        self._probe = Probe(request, world.workload_environment(**world.session()), lambda _: None)
        for step in ("read_config", "find_credentials"):
            getattr(self._probe, step)()
        caller = self._probe.caller_identity().received
        self._probe.exchange()
        prediction = predict(str(test.config["audience"]), ProviderFacts(ACCOUNT), caller)
        assert prediction.identity is not None
        self._names = partial(_is, prediction.identity)
        self._testable = set(self._testable_permissions())
        for name, permissions in CUSTOM.items():
            self._create(name, permissions)

    def results(self, roles: Iterable[str]) -> Iterator[Result]:
        """The result for each role in each state."""
        for role in roles:
            for state in STATES:
                if state == "another granted" and role == ANOTHER:
                    continue
                self._grant(role, state)
                yield Result(role, state, verdict([self._step(role), _END]), self._is_testable(role))

    def _step(self, role: str) -> Outcome:
        targets = TargetReader(self._clouds).targets({PROJECT: [role]}, self._names)
        self._probe.request = {**self._probe.request, "permissions": permission_request(targets, {}), "bigquery": None}
        try:
            seen = self._probe.permission()
        except probing.Refusal as refusal:
            found = Refusal(refusal.code, refusal.message)
            outcome = Outcome.of(PERMISSION, (), found, received=refusal.seen.get("received", {}))
        else:
            outcome = Outcome.of(PERMISSION, seen.evidence, received=seen.received)
        return judged(outcome, targets, self._names)

    def _grant(self, role: str, state: State) -> None:
        bindings = [
            {"role": "roles/owner", "members": [OPERATOR]},
            {"role": role, "members": [SOMEONE, *([WORKLOAD] if state == "granted" else [])]},
        ]
        if state == "another granted":
            bindings.append({"role": ANOTHER, "members": [WORKLOAD]})
        policy = {"version": 3, "bindings": bindings}
        self._call("cloudresourcemanager", f"/v1/projects/{PROJECT}:setIamPolicy", {"policy": policy})

    def _is_testable(self, role: str) -> bool:
        document = self._clouds.google.call("iam", "GET", f"/v1/{role}")
        return bool(self._testable & set(document["includedPermissions"]))

    def _testable_permissions(self) -> Iterator[str]:
        body = {"fullResourceName": f"//cloudresourcemanager.googleapis.com/projects/{PROJECT}", "pageSize": 1000}
        while True:
            answer = self._call("iam", "/v1/permissions:queryTestablePermissions", body)
            yield from (each["name"] for each in answer["permissions"])
            if "nextPageToken" not in answer:
                return
            body = {**body, "pageToken": answer["nextPageToken"]}

    def _create(self, name: str, permissions: list[str]) -> None:
        parent, _, role_id = name.partition("/roles/")
        role = {"title": role_id, "stage": "GA", "includedPermissions": permissions}
        self._call("iam", f"/v1/{parent}/roles", {"roleId": role_id, "role": role})

    def _call(self, api: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._clouds.google.call(api, "POST", path, body)


def _is(identity: FederatedIdentity, member: str) -> bool:
    return admits(member, identity)
