"""A credential configuration for AWS without a setup: finds the role and its roles on Google Cloud, and tests them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from wizard.chain.hop import Outcome
from wizard.chain.recorded import Recording
from wizard.chain.target import bigquery_project
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.journal import Journal
from wizard.federation.aws import partition_of
from wizard.federation.aws_identities import RoleSessions
from wizard.federation.identifiers import PoolName, ProviderName
from wizard.language import _
from wizard.modes import configurations, live_facts, named_provider
from wizard.modes.audit_log import AuditLog
from wizard.modes.aws import likely_provider, rules
from wizard.modes.aws.live import (
    candidates,
    found_setup,
    impersonated,
    instance_of_role,
    leftovers,
    near_grants,
    places,
    predict,
    prepare,
    role_runtime,
)
from wizard.modes.aws.live import test as live_test
from wizard.modes.aws.live.facts import AwsTest, ProviderFacts
from wizard.modes.aws.live.places import WorkloadRole
from wizard.modes.aws.machine import aws_defaults
from wizard.modes.granted import Granted, may_be, read_granted
from wizard.modes.leftover import Leftover
from wizard.modes.live_targets import TargetReader
from wizard.modes.opened import FoundSetup, Listener, NearGrant, Observation, OpenedConfiguration, Outcomes, Who
from wizard.setup.problems import BadInput

_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1", "aws-eusc": "eusc-de-east-1"}
_SEVERAL = "{path} does not name an IAM role, and several roles match: add --role with one of these roles: {roles}"
_NONE = (
    "{path} does not name an IAM role. The provider's attribute condition and the policies that you can read do not "
    "name a role either: add --role ARN, or run the test in the workload with --from inside"
)
_NONE_AND_NO_PROVIDER = (
    "{path} does not name an IAM role. The wizard cannot read the provider, and the policies that you can read do not "
    "name a role: add --role ARN, or run the test in the workload with --from inside"
)
_NO_SUCH_PROVIDER = (
    "{path} names the provider {provider}, which does not exist, so the wizard cannot find the IAM role of the "
    "workload: correct the audience in the file"
)
_NOT_FOR_AWS = (
    "{path} names the provider {provider}, which is for {type}, not for AWS, so the wizard cannot find the IAM role of "
    "the workload: correct the audience in the file"
)
_OTHER_ACCOUNT = (
    "your AWS credentials are for account {caller}, but the role {role} is in account {account}: set AWS_PROFILE to "
    "another profile, or run the test in the workload with --from inside"
)
_PROVIDER = "the provider {provider} is for AWS account {account}"
_BY_OPTION = "the test runs as the role {role}, because the option --role names this role"
_ON_INSTANCE = "the workload runs on the instance {instance}, the only instance with the role {role}"
_NO_VARIABLES = (
    "this machine has none of the environment variables of an AWS runtime. On an EC2 instance, this is normal. On "
    "any other machine, the test uses the AWS credentials of the machine, not the credentials of the workload"
)


@dataclass(frozen=True)
class AwsConfiguration(OpenedConfiguration):
    """A checked configuration. `role` is a name or an ARN from the operator; empty if they gave none."""

    path: Path
    document: Mapping[str, Any]
    clouds: Clouds
    role: str

    @property
    def likely_place(self) -> str:  # type: ignore[override]
        return live_test.likely_place(self.clouds.environ)

    def leftovers(self, only: str | None = None, clouds: Clouds | None = None) -> list[Leftover]:
        del only, clouds
        return leftovers.in_journal(None, self.clouds.environ, Journal())

    def test(self, place: str, wait: float, listener: Listener, stop: threading.Event) -> Outcomes:
        if place == "task":
            raise BadInput(_("the wizard cannot start one-off tasks for a credential configuration: add `--from here`"))
        outcomes = self._inside(wait, listener, stop) if place == "inside" else self._here(wait, listener, stop)
        return {"": outcomes}

    def probe_request(self) -> dict[str, Any]:
        return live_test.copied_request(self._named_inside(0.0), self._title)

    def judge(self, recording: Recording, wait: float, listener: Listener) -> Outcomes:
        recording.check_workload(self._title)
        return {"": live_test.judge_test(self._named_inside(wait), recording, listener)}

    def who(self, outcomes: Iterable[Outcome]) -> Who:
        identity = predict.identity_in(outcomes, str(self.document.get("audience")))
        return Who(identity, account=AwsTest(self.document).service_account or "")

    def observed(self) -> list[Observation]:
        return named_provider.observed(self.clouds, self.document, ("aws",))

    def found_setup(self) -> FoundSetup:
        named = configurations.provider_of(self.document)
        likely = likely_provider.find(self.clouds, named, _is_for_aws) if named else None
        if likely is None:
            return self._found_setup(())
        return replace(self, document=likely.in_place(self.document))._found_setup((likely.told,))

    def _found_setup(self, assumed: tuple[str, ...]) -> FoundSetup:
        provider = prepare.provider_facts(self.clouds, dict(self.document))
        granted = read_granted(self.clouds, self.document)
        sessions, origin = self._chosen(provider, granted, self._likely_roles)
        told = origin.format(role=sessions.role)
        region = region_of(self.clouds, sessions)
        runtime = role_runtime.read(self.clouds, sessions, region)
        where = found_setup.Where(sessions, runtime.name, region, (*assumed, told, runtime.told))
        missing = is_missing(self.clouds, sessions)
        found = found_setup.found(self.path, self.document, provider, granted, where, missing)
        identity = candidates.identity_of(provider, sessions, self._pool)
        other = impersonated.not_named(self.clouds, str(found.data["google"]["project"]), granted, identity, sessions)
        near = self._near_grants(provider, granted, sessions, missing)
        found = replace(found, unknown=(*found.unknown, *other), near_grants=tuple(near))
        there = Clouds("-", region, self.path, self.clouds.environ)  # only AWS is called
        instance = instance_of_role.find(there, sessions.role) if runtime.name == "ec2" else ""
        if not instance:
            return found
        found.data["aws"]["instance"] = instance
        told = _(_ON_INSTANCE).format(instance=instance, role=sessions.role)
        return replace(found, assumed=(*found.assumed, told))

    def _near_grants(
        self,
        provider: ProviderFacts | None,
        granted: Granted,
        sessions: RoleSessions,
        missing: Callable[[str], bool],
    ) -> Iterable[NearGrant]:
        """Return what policies grant to wrong members, if the role itself has others; else those are its roles."""
        identity = candidates.identity_of(provider, sessions, self._pool)
        held = granted.roles_of(identity, None)
        if granted.account or identity is None or not held:
            return ()
        workload = near_grants.Workload(sessions, identity, provider, held)
        return near_grants.find(workload, granted, missing, likely_provider.accepts(self.clouds, self._pool))

    def _likely_roles(
        self, provider: ProviderFacts | None, members: Iterable[str], pool: PoolName | None
    ) -> list[candidates.Candidate]:
        accepts = likely_provider.accepts(self.clouds, pool)
        return candidates.likely_roles(provider, members, pool, lambda role: may_exist(self.clouds, role), accepts)

    @property
    def _title(self) -> str:
        provider = configurations.provider_of(self.document)
        return _("credential configuration for {name}").format(name=provider.name if provider else self.path.name)

    def _inside(self, wait: float, listener: Listener, stop: threading.Event) -> list[Outcome]:
        test = self._named_inside(wait)
        place = places.inside(self.clouds.environ)
        if live_test.likely_place(self.clouds.environ) != "inside":
            place = replace(place, evidence=(_(_NO_VARIABLES),))
        return live_test.walk_in(test, place, listener, stop)

    def _named_inside(self, wait: float) -> AwsTest:
        """Return the test for a place in the workload, with its targets if only one role can be the workload's."""
        test = self._test(wait)
        granted = read_granted(self.clouds, self.document)
        named = candidates.roles(test.provider, granted.members, self._pool)
        if len(named) == 1:
            return self._with_targets(test, granted, named[0].sessions)
        return replace(test, found=(*test.found, *granted.notes))

    def _here(self, wait: float, listener: Listener, stop: threading.Event) -> list[Outcome]:
        test = self._test(wait)
        granted = read_granted(self.clouds, self.document)
        sessions, origin = self._chosen(test.provider, granted, candidates.roles)
        self._check_account(sessions)
        told = origin.format(role=sessions.role)
        test = self._with_targets(replace(test, found=(*test.found, told)), granted, sessions)
        region = region_of(self.clouds, sessions)
        workload = WorkloadRole(
            sessions.account,
            sessions.role,
            role_runtime.trusted(self.clouds, sessions, region),
            region,
        )
        return live_test.as_workload(workload, self.clouds, test, listener, stop)

    def _test(self, wait: float) -> AwsTest:
        test = AwsTest(
            config=self.document,
            provider=prepare.provider_facts(self.clouds, dict(self.document)),
            audit=AuditLog(self.clouds),
            endpoints=live_facts.endpoints_of(self.clouds),
            deadline=wait,
        )
        return replace(test, found=self._about(test))

    def _about(self, test: AwsTest) -> tuple[str, ...]:
        provider = configurations.provider_of(self.document)
        if test.provider is None or provider is None or test.provider.type != "aws":
            return ()
        return (_(_PROVIDER).format(provider=provider.provider, account=test.provider.account),)

    @property
    def _pool(self) -> PoolName | None:
        provider = configurations.provider_of(self.document)
        return provider.pool if provider else None

    def _with_targets(self, test: AwsTest, granted: Granted, sessions: RoleSessions) -> AwsTest:
        """Return the test with the roles that the role, or its service account, has in the policies that were read."""
        identity = candidates.identity_of(test.provider, sessions, self._pool)
        roles = granted.roles_of(identity, test.service_account)
        reader, account = TargetReader(self.clouds), test.service_account
        known = live_facts.policies(self.clouds, reader, roles, account, granted.account_project)
        targets = reader.targets(roles, may_be(account, self._pool))
        return replace(
            test,
            targets=targets,
            bigquery_project=bigquery_project(targets),
            members=known.members,
            held=known.held,
            account_disabled=known.account_disabled,
            on_account=known.on_account,
            found=(*test.found, *granted.notes),
        )

    def _chosen(
        self, provider: ProviderFacts | None, granted: Granted, find: candidates.Finder
    ) -> tuple[RoleSessions, str]:
        """Return the role to test as, and where it comes from. Raises BadInput if it is not clear which."""
        if self.role:
            return self._named(provider), _(_BY_OPTION)
        fitting = find(provider, granted.members, self._pool)
        if len(fitting) == 1:
            return fitting[0].sessions, fitting[0].origin
        if not fitting:
            raise BadInput(self._nobody(provider))
        raise BadInput(_(_SEVERAL).format(path=self.path, roles=", ".join(each.arn for each in fitting)))

    def _nobody(self, provider: ProviderFacts | None) -> str:
        """Return why no role was found, and what to do."""
        named = configurations.provider_of(self.document)
        if provider is None and named is not None and self._is_missing(named):
            return _(_NO_SUCH_PROVIDER).format(path=self.path, provider=named.provider)
        if provider is None or named is None:
            return _(_NONE_AND_NO_PROVIDER).format(path=self.path)
        if provider.type != "aws":
            values = {"provider": named.provider, "type": provider.type_title}
            return _(_NOT_FOR_AWS).format(path=self.path, **values)
        return _(_NONE).format(path=self.path)

    def _is_missing(self, named: ProviderName) -> bool:
        """Return whether the provider surely does not exist."""
        try:
            return self.clouds.google.get_or_none("iam", f"/v1/{named.name}") is None
        except CloudError:
            return False

    def _named(self, provider: ProviderFacts | None) -> RoleSessions:
        arn = rules.role_arn(self.role)
        if arn is not None:
            return RoleSessions(arn.account, arn.name, arn.partition)
        account = provider.account if provider else ""
        if not account or not candidates.is_role_name(self.role):
            raise BadInput(
                _("--role: {role!r} is not the ARN of a role: use arn:aws:iam::ACCOUNT:role/NAME").format(
                    role=self.role
                )
            )
        return RoleSessions(account, self.role, candidates.partition_in(self.document))

    def _check_account(self, sessions: RoleSessions) -> None:
        caller = self.clouds.aws.caller()["Account"]
        if caller != sessions.account:
            values = {"caller": caller, "role": sessions.role, "account": sessions.account}
            raise BadInput(_(_OTHER_ACCOUNT).format(**values))


def may_exist(clouds: Clouds, role: str) -> bool:
    """Return whether a role exists, or whether that cannot be told."""
    try:
        clouds.aws.call("iam", "get_role", RoleName=role)
    except CloudError as error:
        return error.status != 404
    return True


def is_missing(clouds: Clouds, sessions: RoleSessions) -> Callable[[str], bool]:
    """Return what tells for the name of a role in the account of another role whether it surely does not exist."""

    def missing(role: str) -> bool:
        try:
            return clouds.aws.caller()["Account"] == sessions.account and not may_exist(clouds, role)
        except CloudError:
            return False

    return missing


def _is_for_aws(provider: Mapping[str, Any]) -> bool:
    return "aws" in provider


def region_of(clouds: Clouds, sessions: RoleSessions) -> str:
    """Return the default region of this machine if the role's partition has it, else one of that partition."""
    default = aws_defaults(clouds.environ).get("aws.region")
    if default and partition_of(str(default.value)) == sessions.partition:
        return str(default.value)
    return _REGIONS.get(sessions.partition, "us-east-1")


def opened(path: Path, document: dict[str, Any], clouds: Clouds, role: str) -> AwsConfiguration:
    """Return a checked configuration for AWS, ready to be tested."""
    return AwsConfiguration(path, document, clouds, role)
