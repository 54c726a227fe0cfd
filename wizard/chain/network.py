"""The network of the workload: why the hosts of Google Cloud cannot be reached from there, and what to know if so."""

from __future__ import annotations

from dataclasses import replace

from wizard.chain.hop import Hop, Outcome
from wizard.chain.rule import Facts, Rule
from wizard.language import N_, translated

_VIPS = {
    "restricted": N_(
        "{hosts} resolve to restricted.googleapis.com, which serves only the APIs that support VPC Service Controls. "
        "The workload cannot reach other Google APIs through these names"
    ),
    "private": N_(
        "{hosts} resolve to private.googleapis.com, which serves most Google APIs, but not Google's websites"
    ),
}
"""The virtual IP addresses for private access -> what to know about them."""

_TRUST = (
    "add the certificate of the proxy's CA to the image. Set SSL_CERT_FILE and REQUESTS_CA_BUNDLE (Python) or "
    "NODE_EXTRA_CA_CERTS (Node.js) to its path, or import the certificate into the Java truststore; or exempt "
    "*.googleapis.com from TLS inspection"
)
_EGRESS = (
    "allow HTTPS (TCP port 443) from the workload to this host in the security groups, network ACLs, firewall and proxy"
)


def with_notes(outcome: Outcome) -> Outcome:
    """Return the outcome of the network step, with notes on names that resolve to an address for private access."""
    by_vip: dict[str, list[str]] = {}
    for found in outcome.received.get("hosts", ()):
        by_vip.setdefault(str(found.get("vip")), []).append(str(found.get("host")))
    notes = tuple(translated(text).format(hosts=", ".join(by_vip[vip])) for vip, text in _VIPS.items() if vip in by_vip)
    return replace(outcome, notes=(*outcome.notes, *notes), evidence=(*outcome.evidence, *notes))


def rules(hops: tuple[Hop, ...], no_way_out: str) -> tuple[Rule[Facts], ...]:
    """Return the rules for the network step, whose refusals are at `hops`.

    `no_way_out` is how a network of the mode gets a route to Google Cloud.
    """
    return (
        Rule(
            hops,
            r"^(NoWayOut|NoNames): [^;]*\(the proxy (?P<proxy>[^)]+)\)",
            "the proxy {proxy}, set in the workload's HTTPS_PROXY, does not answer",
            "correct HTTPS_PROXY in the workload's environment, or allow the workload to reach the proxy",
            code="WIF0601",
        ),
        Rule(
            hops,
            r"^NoWayOut: ",
            "the workload's network has no route to Google Cloud: no host answered",
            no_way_out,
            code="WIF0602",
        ),
        Rule(
            hops,
            r"^NoNames: ",
            "the workload cannot resolve the names of Google's hosts: name resolution (DNS) does not work in the "
            "workload",
            "check the workload's DNS: in a VPC, enableDnsSupport must be true; in a cluster, the DNS pods must run, "
            "and the NetworkPolicies must allow UDP and TCP port 53",
            code="WIF0603",
        ),
        Rule(
            hops,
            r"^NoName: (?P<host>[^:]+): ",
            "the workload cannot resolve the name {host}",
            "check the DNS zones of the workload's network: a private zone for googleapis.com needs a record for each "
            "host, or a wildcard record",
            code="WIF0604",
        ),
        Rule(
            hops,
            r"^UnknownIssuer: (?P<host>[^:]+): .*the TLS certificate is from (?P<issuer>[^;]+)",
            "the workload does not trust the TLS certificate that {issuer} issued for {host}: a proxy inspects TLS, "
            "and the image does not have the certificate of the proxy's CA",
            _TRUST,
            code="WIF0605",
        ),
        Rule(
            hops,
            r"^ProxyRefused: (?P<host>[^:]+): (?P<words>[^;]+)",
            "the proxy refused the connection to {host}: {words}",
            "allow {host}:443 in the proxy, and check the user name and the password in HTTPS_PROXY",
            code="WIF0606",
        ),
        Rule(
            hops,
            r"^(Timeout|Unreachable): (?P<host>[^:]+): ",
            "the workload cannot reach {host}, but can reach other hosts or resolve other names",
            _EGRESS,
            code="WIF0607",
        ),
    )
