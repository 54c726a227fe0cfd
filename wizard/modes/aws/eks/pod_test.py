"""The live test in a one-off pod on EKS, which has the workload's service account and a projected token."""

from __future__ import annotations

from pathlib import PurePath

from wizard.chain.hop import Outcome, Refusal, Waiting, parse_line
from wizard.chain.one_off_pod import OneOff, PodEnd, WaitLimits, remove_forgotten
from wizard.chain.pod_manifest import IMAGE, Wanted, manifest, new_name
from wizard.clouds.kubernetes import Kubernetes
from wizard.language import _
from wizard.modes.aws.eks import hops
from wizard.modes.aws.eks.facts import EksTest
from wizard.modes.aws.eks.pod_fragment import TOKEN_VOLUME, token_volume
from wizard.modes.aws.eks.walk import EksChain, InVain
from wizard.modes.opened import Consent

_TIME = 180.0  # seconds to pull the image and run the hops, in addition to all waits
_SILENT = "the pod ended without reporting a result"

_QUESTION = "Start a one-off pod for this test?"
_MEANING = (
    "The test starts a pod in the cluster {cluster}, with the Kubernetes service account {account} and a token for "
    "Google Cloud. The pod exchanges the token, and tests the permissions of the granted roles. The pod runs the "
    "image {image} without privileges, and ends within a few minutes. The test removes the pod at the end. Running "
    "workloads do not change."
)
_AGREE = "Start and remove the pod"
_DECLINED = "The wizard did not start a pod, and did not run the test."
_INSTEAD = "To test everything except the pod's network, add `--from here`."


def consent(test: EksTest, image: str | None) -> Consent:
    """Return what the operator must confirm before the pod is started."""
    words = {"cluster": test.cluster, "account": test.title, "image": image or IMAGE}
    return Consent(_(_QUESTION), _(_MEANING).format(**words), _(_AGREE), _(_DECLINED), instead=_(_INSTEAD))


def run(chain: EksChain, kubernetes: Kubernetes, image: str | None) -> list[Outcome]:
    """Run the probe in a pod, and return the outcomes in their order. Raises CloudError, Stopped, PodLeft."""
    test = chain.test
    remove_forgotten(kubernetes, test.namespace, chain.now())
    settle, limits = test.settle(chain.now()), WaitLimits()
    waiting = sum(ages["limit"] - ages["age"] for ages in settle.values())
    folder = str(PurePath(test.config["credential_source"]["file"]).parent)
    wanted = Wanted(
        test.namespace,
        test.service_account,
        image or IMAGE,
        test.probe_request(chain.now(), in_workload=True, tries_library=True),
        int(_TIME + waiting),
        int(limits.node),
        volumes=(token_volume(test.audience),),
        mounts=({"name": TOKEN_VOLUME, "mountPath": folder, "readOnly": True},),
    )
    job = manifest(wanted, new_name())
    pod = OneOff(
        kubernetes,
        job,
        limits,
        lambda line: _on_line(chain, line),
        lambda text: chain.on_event(Waiting(hops.SUBJECT_TOKEN, f"{hops.SUBJECT_TOKEN.title}: {text}")),
        stop=chain.stop,
    )
    try:
        _end(chain, pod.run())
    except InVain as vain:
        chain.report.add(vain.outcome)
        chain.report.skip(hops.PROBED_IN_POD, vain.outcome.hop)
    return chain.end_in_pod()


def _on_line(chain: EksChain, line: str) -> None:
    if line.startswith("{"):
        chain.on_report(parse_line(line, hops.PROBED_IN_POD))


def _end(chain: EksChain, ended: PodEnd) -> None:
    """Add the first step that the pod did not take, if there is one, with the reason why the pod ended."""
    missing = chain.report.missing(hops.PROBED_IN_POD)
    if missing:
        refusal = ended.refusal or Refusal("Silent", _SILENT)
        chain.report.add(Outcome.of(missing[0], (refusal.message,), refusal))
        chain.report.skip(hops.PROBED_IN_POD, missing[0])
