"""The rules for one-off pods that a cluster does not admit: which rule of the cluster it is, and what to set."""

from wizard.chain.rule import Rule
from wizard.modes.gke.live.hops import POD
from wizard.modes.gke.live.known import GkeFacts

_POD = (POD,)

_LIMIT = "a LimitRange of {namespace} does not allow the one-off pod: {what}"
_TOO_SMALL_BOTH = (
    r"(?=.*minimum cpu usage per \w+ is (?P<cpu>[^\s,.]+))(?=.*minimum memory usage per \w+ is (?P<memory>[^\s,.]+))"
    r".*?(?P<what>minimum [^\n\]]*)"
)

ADMISSION: tuple[Rule[GkeFacts], ...] = (
    Rule(
        _POD,
        _TOO_SMALL_BOTH,
        _LIMIT,
        "set allowed values in the setup, for example probe: {{resources: {{requests: {{cpu: {cpu}, memory: "
        "{memory}}}}}}}, or use `--from here` to test everything except the node",
        code="WIF0913",
    ),
    Rule(
        _POD,
        r"(?P<what>(minimum|maximum) (?P<resource>[\w./-]+) usage per \w+ is (?P<amount>[^\s,.]+)[^\n\]]*)",
        _LIMIT,
        "set an allowed value in the setup, for example probe: {{resources: {{requests: {{{resource}: {amount}}}}}}}, "
        "or use `--from here` to test everything except the node",
        code="WIF0913",
    ),
    Rule(
        _POD,
        r"ValidatingAdmissionPolicy '(?P<policy>[^']*)' with binding '(?P<binding>[^']*)' denied request: (?P<what>.*)",
        "the ValidatingAdmissionPolicy {policy} (binding {binding}) does not allow the one-off pod: {what}",
        "set the required values in the setup, with probe.labels, probe.resources, probe.security_context or "
        "probe.image, or use `--from here` to test everything except the node",
        code="WIF0914",
    ),
    Rule(
        _POD,
        r"image policy webhook backend denied one or more images: (?P<what>.*)",
        "the cluster's image policy (Binary Authorization) does not allow the image {image}: {what}",
        "set probe.image to an image that the policy allows and that has Python 3.8 or newer, or use `--from here` to "
        "test everything except the node",
        code="WIF0915",
    ),
    Rule(
        _POD,
        r'failed calling webhook "(?P<webhook>[^"]*)": (?P<what>.*)',
        "the admission webhook {webhook} does not answer, so the cluster does not create the one-off pod: {what}",
        "fix the service of the webhook {webhook}, or use `--from here` to test everything except the node",
        code="WIF0916",
    ),
    Rule(
        _POD,
        r'admission webhook "(?P<webhook>[^"]*)" denied the request: (?P<what>.*)',
        "the admission webhook {webhook} does not allow the one-off pod: {what}",
        "set the required values in the setup, with probe.labels, probe.resources, probe.security_context or "
        "probe.image, or use `--from here` to test everything except the node",
        code="WIF0917",
    ),
    Rule(
        _POD,
        r'violates PodSecurity "(?P<level>[^"]*)": (?P<what>.*)',
        "the Pod Security Standard {level} of {namespace} does not allow the one-off pod: {what}",
        "correct probe.security_context in the setup, or use `--from here` to test everything except the node",
        code="WIF0918",
    ),
    Rule(
        _POD,
        r"exceeded quota: (?P<quota>[^,]+), (?P<what>.*)",
        "the quota {quota} of {namespace} is too small for the one-off pod: {what}",
        "reduce probe.resources in the setup, raise the quota, test when fewer pods are running, or use `--from "
        "here` to test everything except the node",
        code="WIF0919",
    ),
    Rule(
        _POD,
        r"failed quota: (?P<quota>[^:]+): (?P<what>.*)",
        (
            "the quota {quota} of {namespace} requires resource requests or limits that the one-off pod does not set: "
            "{what}"
        ),
        "set the resource requests and limits in the setup with probe.resources, or use `--from here` to test "
        "everything except the node",
        code="WIF0919",
    ),
    Rule(
        _POD,
        r'no PriorityClass with name (?P<name>\S+) was found|RuntimeClass "(?P<other>[^"]*)" not found',
        "the one-off pod takes its PriorityClass or RuntimeClass from the workload or from probe.priority_class, but "
        "the cluster does not have this class",
        "create the PriorityClass or RuntimeClass, or correct its name in the workload or in the setup",
        code="WIF0920",
    ),
    Rule(
        _POD,
        r"denied the request|rejected the request|^NotAdmitted: (?P<what>.*)",
        "the cluster's admission control does not allow the one-off pod",
        "find the rule in the cluster's message, and set the required values under probe in the setup, or use "
        "`--from here` to test everything except the node",
        code="WIF0921",
    ),
)
"""Rules of the cluster that keep out the one-off pod."""
