"""The live test of a pod on EKS: from here, and in the pod itself."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from wizard.chain.hop import Outcome
from wizard.chain.one_off_pod import PodLeft
from wizard.chain.recorded import Recording, asked
from wizard.chain.report import utc_now
from wizard.chain.target import as_tested, bigquery_project
from wizard.clouds.eks_kubernetes import EksEndpoint, EksKubernetes
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.readers import Readers
from wizard.engine.resource import Refused, State
from wizard.federation.file_kinds import kind_of
from wizard.language import _, translated
from wizard.modes import configurations, live_facts
from wizard.modes.audit_log import AuditLog
from wizard.modes.aws.eks import cluster, pod_test
from wizard.modes.aws.eks.blueprint import EksBlueprint
from wizard.modes.aws.eks.facts import EksTest
from wizard.modes.aws.eks.walk import EksChain
from wizard.modes.granted import may_be
from wizard.modes.live_targets import TargetReader
from wizard.modes.opened import Listener
from wizard.resources.pool_provider import read_provider
from wizard.setup.problems import BadInput

_OTHER_KIND = (
    "{path} is not a credential configuration that reads a token from a file (found: {title}). To generate the "
    "credential configuration, run `wif-wizard apply SETUP.yaml`"
)


def run(
    blueprint: EksBlueprint, clouds: Clouds, place: str, wait: float, listener: Listener, stop: threading.Event
) -> list[Outcome]:
    """Test a setup in a place, and return the outcomes in their order. Raises what `Opened.test` raises."""
    test = prepare(blueprint, clouds, wait)
    chain, image = _chain(test, listener, stop), blueprint.setup.probe.image
    if place == "task":
        listener.agree(pod_test.consent(test, image))
        try:
            return pod_test.run(chain, kubernetes(blueprint, clouds), image)
        except PodLeft as left:
            raise Refused(str(left)) from left
    if place == "inside":
        return chain.run_inside(dict(clouds.environ))
    return chain.run_here(kubernetes(blueprint, clouds), dict(clouds.environ))


def judge(
    blueprint: EksBlueprint, clouds: Clouds, recording: Recording, wait: float, listener: Listener
) -> list[Outcome]:
    """Return the outcomes of what a printed probe wrote in a pod. Raises BadInput if it is not about it."""
    test = prepare(blueprint, clouds, wait)
    test = replace(test, targets=as_tested(test.targets, asked(recording.records)))
    return _chain(test, listener, None).read(recording)


def printed_request(blueprint: EksBlueprint, clouds: Clouds, title: str) -> dict[str, Any]:
    """Return the request for a probe that is printed, and copied to the pod with this title. Raises BadInput."""
    request = prepare(blueprint, clouds, 0.0).probe_request(utc_now(), in_workload=True, tries_library=True)
    return {**request, "settle": {}, "file_first": True, "header": {"workload": title}}


def kubernetes(blueprint: EksBlueprint, clouds: Clouds) -> EksKubernetes:
    """Return the session with the cluster's API. Raises CloudError."""
    wanted = blueprint.setup.aws
    found = cluster.read(clouds, wanted.cluster or "", wanted.region)
    endpoint = EksEndpoint(found.name, found.region, found.endpoint, found.certificate_authority)
    return EksKubernetes(endpoint, clouds.environ, clouds.google, clouds.aws)


def prepare(blueprint: EksBlueprint, clouds: Clouds, wait: float) -> EksTest:
    """Return the test of a setup, with everything that the operator can read about it. Raises BadInput."""
    setup, config = blueprint.setup, _read_config(blueprint.config_path, clouds, blueprint.setup.pool_project)
    email, home = blueprint.service_account, setup.service_account_project
    reader = TargetReader(clouds)
    with Readers() as readers:
        provider = readers.submit(_provider, clouds, config)
        wanted = setup.aws.cluster or "", setup.aws.namespace or "", setup.aws.service_account or ""
        pod_identity = readers.submit(cluster.has_pod_identity, clouds, *wanted)
        policies = readers.submit(live_facts.policies, clouds, reader, blueprint.roles(), email, home)
        targets = reader.targets(blueprint.roles(), may_be(email, blueprint.pool))
        state, pool_is_open, name = provider.result()
        return EksTest(
            config=config,
            identity=replace(blueprint.identity, pool=name.pool) if name else blueprint.identity,
            provider_name=name.name if name else blueprint.provider.name,
            cluster=setup.aws.cluster or "",
            namespace=setup.aws.namespace or "",
            service_account=setup.aws.service_account or "",
            issuer=blueprint.issuer,
            audience=f"https:{config['audience']}",
            targets=targets,
            bigquery_project=bigquery_project(targets),
            provider=state,
            pool_is_open=pool_is_open,
            grants=tuple(live_facts.recent_grants(blueprint.resources("google"))),
            audit=AuditLog(clouds),
            members=policies.result().members,
            held=policies.result().held,
            account_disabled=policies.result().account_disabled,
            on_account=policies.result().on_account,
            google_account=email,
            endpoints=live_facts.endpoints_of(clouds),
            deadline=wait,
            has_pod_identity=pod_identity.result(),
        )


def _read_config(path: Path, clouds: Clouds, project: str) -> dict[str, Any]:
    document = configurations.document_in(path)
    configurations.check(path, document, clouds, project)
    kind = kind_of(document)
    if kind is None or kind.name != "file":
        title = translated(kind.title) if kind else _("an unknown kind of file")
        raise BadInput(_(_OTHER_KIND).format(path=path, title=title))
    return document


def _provider(clouds: Clouds, config: dict[str, Any]) -> tuple[State | None, bool, Any]:
    """Return the provider that the configuration names, whether its pool can be used, and its name."""
    name = configurations.provider_of(config)
    if name is None:
        return None, True, None
    try:
        state = read_provider(clouds, name.name)
        pool = clouds.google.call("iam", "GET", f"/v1/{name.pool.name}")
    except CloudError:
        return None, True, name
    is_open = pool.get("state") != "DELETED" and not pool.get("disabled", False)
    return state, is_open, name


def _chain(test: EksTest, listener: Listener, stop: threading.Event | None) -> EksChain:
    return EksChain(
        test,
        lambda outcome: listener.on_outcome("", outcome),
        lambda progress: listener.on_progress("", progress),
        stop=stop,
    )
