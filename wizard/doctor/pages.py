"""The help pages of the findings, in Markdown: one page for each layer of the chain, and an index of all codes."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.doctor import catalogue
from wizard.doctor.rule import Layer, Rule

INDEX = "index"
"""The name of the page with all codes."""

TITLES: dict[Layer, str] = {
    "network": "Network",
    "configuration": "Credential configuration",
    "credentials": "AWS credentials and the workload's runtime",
    "cluster": "Cluster and node pools",
    "account": "Kubernetes service account",
    "exchange": "Pool, provider and token exchange",
    "impersonation": "Impersonation of a service account",
    "target": "Access to the target",
    "pod": "Pods",
    "risk": "Risks",
}

_INTRODUCTION = (
    "The doctor can report the following findings. Each finding has a code that never changes. To read the help page "
    "of a finding in the terminal, run `wif-wizard doctor --explain CODE`."
)
_SEVERITIES = {
    "risk": "This finding is a risk: the workload works, but other identities could get access.",
    "note": "This finding is only a note: the workload can still reach Google Cloud.",
}
_UNSEEN = "The doctor cannot detect this cause."
_MARKUP = str.maketrans({mark: f"\\{mark}" for mark in "*<>`"})
"""Characters of the texts that Markdown would read as markup."""


def pages() -> dict[str, str]:
    """Return the pages by their names, which are the layers, and the index."""
    return {INDEX: _index(), **{layer: _page(layer) for layer in catalogue.LAYERS}}


def _index() -> str:
    lines = ["# Findings of the doctor", "", _INTRODUCTION]
    for layer in catalogue.LAYERS:
        lines += ["", f"## [{TITLES[layer]}]({layer}.md)", ""]
        lines += [f"- **{rule.code}** {rule.title.translate(_MARKUP)}" for rule in _rules(layer)]
    return "\n".join(lines) + "\n"


def _page(layer: Layer) -> str:
    lines = [f"# {TITLES[layer]}"]
    for rule in _rules(layer):
        lines += ["", f"## {rule.code}", "", f"**{rule.title.translate(_MARKUP)}**", ""]
        lines += _text(rule)
        if rule.unseen:
            lines += ["", _UNSEEN, rule.unseen.translate(_MARKUP)]
        if rule.severity in _SEVERITIES:
            lines += ["", _SEVERITIES[rule.severity]]
    return "\n".join(lines) + "\n"


def _text(rule: Rule) -> Iterator[str]:
    """Yield the lines of a rule's text. A command, which is indented, stays as it is."""
    for line in rule.text.splitlines():
        yield line if line.startswith("    ") else line.translate(_MARKUP)


def _rules(layer: Layer) -> list[Rule]:
    return [rule for rule in catalogue.all_rules().values() if rule.layer == layer]
