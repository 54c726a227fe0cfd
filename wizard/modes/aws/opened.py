"""An opened setup of a workload on AWS."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.chain.hop import Outcome
from wizard.clouds.errors import CloudError
from wizard.clouds.project import project_number
from wizard.clouds.session import Clouds
from wizard.clouds.sessions import Sessions
from wizard.engine.journal import Journal
from wizard.engine.readers import Readers
from wizard.engine.resource import Resource
from wizard.federation import eks
from wizard.language import _
from wizard.modes import afterwards, observing
from wizard.modes.aws import consistency, titles
from wizard.modes.aws.blueprint import Blueprint
from wizard.modes.aws.existing import read_existing
from wizard.modes.leftover import Leftover
from wizard.modes.opened import UNKNOWN_NUMBER, ExportedFile, Listener, Observed, Opened, Outcomes, Who

if TYPE_CHECKING:
    from wizard.chain.recorded import Recording
    from wizard.modes.aws.model import AwsSetup


@dataclass(frozen=True)
class AwsOpened(Opened):
    """An opened setup of a workload on AWS, with its resources."""

    setup: AwsSetup
    blueprint: Blueprint

    @property
    def title(self) -> str:
        setup = self.setup
        return titles.ROLE.format(account=setup.aws.account, role=setup.aws.role, project=setup.google.project)

    @property
    def notes(self) -> list[str]:
        return [*consistency.notes(self.setup), *self.blueprint.kept()]

    def resources(self, only: str | None = None) -> list[Resource]:
        if only is None:
            return self.blueprint.resources()
        return self.blueprint.resources("aws" if only == "aws" else "google")

    def check_operator(self, only: str | None) -> None:
        """Raise CloudError if the operator's AWS credentials are not for the setup's account."""
        if only == "google":
            return
        caller, wanted = self.clouds.aws.caller(), self.setup.aws.account
        if caller["Account"] != wanted:
            actual = f"account {caller['Account']} ({caller['Arn']})"
            raise CloudError(
                "sts",
                "get_caller_identity",
                None,
                "OtherAccount",
                _("your AWS credentials are for account {actual}, but the setup names account {wanted}").format(
                    actual=actual, wanted=wanted
                ),
                _("set AWS_PROFILE to another profile, or correct aws.account"),
            )

    def leftovers(self, only: str | None = None, clouds: Clouds | None = None) -> list[Leftover]:
        from wizard.modes.aws.live import leftovers

        del clouds
        wanted = self.setup.aws
        if only == "google":
            return []
        recorded = leftovers.in_journal(wanted.account, self.clouds.environ, Journal())
        if wanted.role is None:
            return recorded
        known = {leftover.what for leftover in recorded}
        found = leftovers.in_cloud(self.clouds.aws, self.setup.role_name, wanted.runtime)
        return [*recorded, *(leftover for leftover in found if leftover.what not in known)]

    @property
    def likely_place(self) -> str:
        from wizard.modes.aws.live import test

        return test.likely_place(self.clouds.environ)

    @property
    def best_place(self) -> str:
        from wizard.modes.aws.live import test

        return test.best_place(self.setup, self.clouds.environ)

    def announce_test(self) -> None:
        email = self.setup.service_account_email
        if email:
            self.clouds.google_iam.announce(self.setup.service_account_project, email)

    def test(self, place: str, wait: float, listener: Listener, stop: threading.Event) -> Outcomes:
        from wizard.modes.aws.live import test

        return {"": test.run(self.blueprint, self.clouds, place, wait, listener, stop)}

    def predicted(self) -> Outcomes:
        from wizard.modes.aws.live import predicted

        if self.setup.aws.role is None:
            return {}
        return {"": predicted.outcomes(self.blueprint, self.clouds)}

    def who(self, workload: str, outcomes: Iterable[Outcome]) -> Who:
        from wizard.modes.aws.live import predict

        del workload
        identity = predict.identity_in(outcomes, str(self.blueprint.config().get("audience")))
        return Who(identity, account=self.setup.service_account_email or "", member=self.blueprint.principal)

    def observed(self, clouds: Clouds) -> Observed:
        from wizard.modes.aws import risks
        from wizard.modes.aws.live import environment_checks, runtime_checks

        checks = [
            *environment_checks.of(clouds.environ),
            *runtime_checks.of(self.blueprint, clouds),
            *risks.checks(self.blueprint, clouds),
        ]
        return observing.observed(checks)

    def afterwards(self) -> dict[str, list[str]]:
        aws = self.setup.aws
        subject = (
            f"assumed-role/{aws.role}" if aws.role else eks.subject(aws.namespace or "", aws.service_account or "")
        )
        roles = [role for grant in self.setup.access.grants for role in grant.roles]
        notes = afterwards.logs(subject, self.setup.service_account_email, roles)
        if self.setup.replaced:
            notes += afterwards.keys(self.clouds, *self.setup.replaced)
        return {"": notes}

    def probe_request(self) -> dict[str, Any]:
        from wizard.modes.aws.live import test

        return test.printed_request(self.blueprint, self.clouds, self.title)

    def judge(self, recording: Recording, wait: float, listener: Listener) -> Outcomes:
        from wizard.modes.aws.live import test

        recording.check_workload(self.title)
        return {"": test.judge(self.blueprint, self.clouds, recording, wait, listener)}

    def exports(self) -> list[ExportedFile]:
        from wizard.modes.aws import app_code

        return app_code.exports(self.setup, self.blueprint.config())


def opened(setup: AwsSetup, folder: Path, text: str, sessions: Sessions, *, ask_google: bool) -> AwsOpened:
    """Open a setup. A relative path of the credential configuration is in `folder`. Raises CloudError."""
    environ = sessions.environ
    clouds = sessions.clouds(setup.google.project, setup.aws.region, folder / setup.credential_config_path)
    if not ask_google:
        return AwsOpened(text, clouds, setup, Blueprint(setup, UNKNOWN_NUMBER, environ, folder))
    with Readers(max_workers=1) as beside:
        existing = beside.submit(read_existing, clouds, setup)
        number = project_number(clouds, setup.pool_project)
    return AwsOpened(text, clouds, setup, Blueprint(setup, number, environ, folder, existing.result()))
