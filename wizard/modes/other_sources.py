"""A credential configuration whose token does not come from a mode's own cloud: tests what can be tested of it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wizard.chain import probing
from wizard.chain.environment import without_identity
from wizard.chain.hop import EXCHANGE, IMPERSONATION, Hop, Outcome, Progress
from wizard.chain.report import Report
from wizard.chain.role_results import judged
from wizard.chain.target import bigquery_project, bigquery_request, permission_request
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.federation.aws import is_outbound_issuer
from wizard.federation.file_kinds import FileKind
from wizard.federation.mapping import ExpressionError
from wizard.federation.mapping import Mapping as AttributeMapping
from wizard.federation.principals import FederatedIdentity
from wizard.language import N_, _, translated
from wizard.modes import configurations, live_facts, named_provider, subject_token
from wizard.modes.granted import may_be, read_granted
from wizard.modes.live_targets import TargetReader
from wizard.modes.mode import table
from wizard.modes.opened import NO_SETUP, FoundSetup, Listener, Observation, OpenedConfiguration, Outcomes
from wizard.modes.subject_token import Unread
from wizard.secret import Secret
from wizard.setup.problems import BadInput

CONFIG = Hop("config", "Credential configuration")
SUBJECT_TOKEN = Hop("subject-token", "The workload's own token")
PERMISSION = Hop("permission", "Permission on the target", ends_test=True)
_TAKEN = (EXCHANGE, IMPERSONATION, PERMISSION)

_VALID = "valid: {title}"
_NAMES = "the credential configuration names the provider {provider}"
_UNREAD = "the wizard cannot read the provider ({reason})"
_OFF = "the provider {provider} is disabled or deleted"
_OTHER_TYPE = "the provider {provider} has the wrong type, and does not accept the workload's token"
_TYPES = ("oidc", "saml", "x509")
"""The types of provider that accept the tokens of these sources, as the API names them."""
_ISSUER = "the provider expects the issuer {issuer}"
_AWS_TOKENS = (
    "the issuer is for AWS's own JWTs (sts:GetWebIdentityToken). There is no proof that Google accepts these JWTs. "
    "Google documents two methods for AWS: a provider for AWS and, on EKS, a provider for the cluster's issuer"
)
_NEEDS_TOKEN = "this step needs the workload's own token, which the test did not read"
_DIRECT = "the credential configuration does not name a service account, so access is direct"


@dataclass(frozen=True)
class OtherConfiguration(OpenedConfiguration):
    """A checked configuration of any source but a mode's own."""

    path: Path
    document: Mapping[str, Any]
    clouds: Clouds
    kind: FileKind
    likely_place: str = "here"
    here: str = N_("The live test runs on this machine, without the workload's own token.")

    def test(self, place: str, wait: float, listener: Listener, stop: threading.Event) -> Outcomes:
        del wait  # nothing was granted by the wizard
        if place == "task":
            raise BadInput(
                _(
                    "the wizard cannot start one-off tasks for this credential configuration: test in the "
                    "workload, with --from inside"
                )
            )
        report = Report(lambda _: None, lambda outcome: listener.on_outcome("", outcome))
        provider, about = self._provider()
        report.add(Outcome(CONFIG, "ok", (_(_VALID).format(title=translated(self.kind.title)), *about)))
        try:
            token = subject_token.read(self.document, self.kind, inside=place == "inside")
        except Unread as unread:
            self._without_token(report, unread, provider)
            return {"": report.outcomes}
        report.add(Outcome(SUBJECT_TOKEN, "ok", tuple(subject_token.evidence(token, datetime.now(UTC)))))
        self._exchange(token, provider, report, stop, listener)
        return {"": report.outcomes}

    def found_setup(self) -> FoundSetup:
        for mode in table().values():
            found = mode.setup_of_configuration(self.path, self.document, self.clouds)
            if found:
                return found
        raise BadInput(NO_SETUP)

    def observed(self) -> list[Observation]:
        return named_provider.observed(self.clouds, self.document, _TYPES)

    def _without_token(self, report: Report, unread: Unread, provider: Mapping[str, Any]) -> None:
        if unread.failed:
            report.add(Outcome(SUBJECT_TOKEN, "failed", (unread.what,), unread.what, unread.fix))
            report.skip(_TAKEN, SUBJECT_TOKEN)
            return
        report.add(Outcome(SUBJECT_TOKEN, "not_proven", (unread.what,), unread.what, unread.fix))
        refused = self._refusal(provider)
        if refused:
            report.add(Outcome(EXCHANGE, "failed", (refused,), refused))
            report.skip(_TAKEN, EXCHANGE)
            return
        direct = configurations.account_of(self.document) is None
        for hop in _TAKEN:
            if hop == IMPERSONATION and direct:
                report.add(Outcome(hop, "skipped", (_(_DIRECT),), _(_DIRECT)))
            else:
                report.add(Outcome(hop, "not_proven", (_(_NEEDS_TOKEN),), _(_NEEDS_TOKEN)))

    def _refusal(self, provider: Mapping[str, Any]) -> str:
        """Return why the provider accepts no token of this configuration, as far as it was read; empty if it can."""
        name = str(provider.get("name")).rpartition("/")[2]
        if provider.get("disabled") or provider.get("state") == "DELETED":
            return _(_OFF).format(provider=name)
        return "" if not provider or any(kind in provider for kind in _TYPES) else _(_OTHER_TYPE).format(provider=name)

    def _exchange(
        self, token: Secret, provider: Mapping[str, Any], report: Report, stop: threading.Event, listener: Listener
    ) -> None:
        """Exchange the token and go on with what it gives, as the application does."""
        account = configurations.account_of(self.document)
        granted = read_granted(self.clouds, self.document)
        identity = self._identity(token, provider)
        names = may_be(account, identity.pool if identity else None)
        targets = TargetReader(self.clouds).targets(granted.roles_of(identity, account), names)
        project = bigquery_project(targets)

        def on_report(reported: Outcome | Progress) -> None:
            if isinstance(reported, Outcome) and reported.hop == PERMISSION:
                reported = replace(reported, evidence=(*reported.evidence, *granted.notes))
                report.add(judged(reported, targets, names))
            elif isinstance(reported, Outcome):
                report.add(reported)
            else:
                listener.on_progress("", reported)

        urls = live_facts.endpoints_of(self.clouds)
        request = {
            "form": "token",
            "config": dict(self.document),
            "subject_token": token.reveal(),
            "permissions": permission_request(targets, urls),
            "bigquery": bigquery_request(targets, project),
            "endpoints": urls,
            "settle": {},
        }
        probing.run(request, without_identity(self.clouds.environ, ()), _TAKEN, report, on_report, stop)

    def _identity(self, token: Secret, provider: Mapping[str, Any]) -> FederatedIdentity | None:
        """Return whom the provider's mapping makes of the token; None if that is not known."""
        name, found = configurations.provider_of(self.document), subject_token.claims(token)
        if name is None or found is None or not provider.get("attributeMapping"):
            return None
        try:
            mapped = AttributeMapping(provider["attributeMapping"]).evaluate(found)
        except ExpressionError:
            return None
        return FederatedIdentity(name.pool, mapped.subject, mapped.groups, mapped.attributes)

    def _provider(self) -> tuple[Mapping[str, Any], list[str]]:
        """Return the provider as the API answers it, empty if it cannot be read, and what is worth knowing of it."""
        name = configurations.provider_of(self.document)
        if name is None:
            return {}, []
        told = [_(_NAMES).format(provider=name.name)]
        try:
            provider = self.clouds.google.call("iam", "GET", f"/v1/{name.name}")
        except CloudError as error:
            return {}, [*told, _(_UNREAD).format(reason=error.message)]
        issuer = provider.get("oidc", {}).get("issuerUri")
        told += [_(_ISSUER).format(issuer=issuer)] if issuer else []
        return provider, [*told, _(_AWS_TOKENS)] if is_outbound_issuer(issuer) else told


def opened(path: Path, document: Mapping[str, Any], clouds: Clouds, kind: FileKind) -> OtherConfiguration:
    """Return a checked configuration, ready to be tested."""
    return OtherConfiguration(path, document, clouds, kind)
