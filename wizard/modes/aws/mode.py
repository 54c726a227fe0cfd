"""The mode of workloads on AWS."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from wizard.language import _
from wizard.modes.aws import titles
from wizard.modes.aws.runtimes import RUNTIMES
from wizard.modes.mode import FROM_INVENTORY, GOOGLE, Mode, Operator, Reader, Stopping, sound_answer

if TYPE_CHECKING:
    from wizard.clouds.identity import Identity
    from wizard.clouds.session import Clouds
    from wizard.clouds.sessions import Sessions
    from wizard.modes.aws.model import AwsSetup
    from wizard.modes.aws.opened import AwsOpened
    from wizard.modes.opened import FoundSetup, Inventory, InventoryRow, OpenedConfiguration
    from wizard.setup.answers import Answers
    from wizard.setup.problems import SetupProblem
    from wizard.setup.question import Found, Question
    from wizard.setup.replacing import KeyFound


class AwsMode(Mode):
    """Sets up a role on AWS to use Google Cloud through a workload identity pool and its provider."""

    name = "aws"
    title = "AWS -> Google Cloud"
    invitation = "Set up a workload on AWS"
    halves = ("aws", "google")
    pages = (
        "welcome",
        "aws-workload",
        "aws-project",
        "aws-trust",
        "aws-access",
        "review",
        "apply",
        "aws-result",
        "aws-test",
    )
    facts = (("aws.account", "AWS account"), ("aws.region", "AWS region"), ("google.project", "Google project"))
    place = "aws.account"
    lists_follow = (
        "google.project",
        "google.pool_project",
        "google.pool",
        "aws.profile",
        "aws.account",
        "aws.region",
        "aws.cluster",
        "aws.namespace",
        "access.on",
    )
    stopping = Stopping(
        "Stop after this change",
        "Running changes will finish, and no other change will start. The journal contains every finished change.",
    )
    test_needs_number = False  # the credential configuration has it
    inventories: ClassVar[re.Pattern[str]] = re.compile(
        r"account/(?P<region>[a-z]{2,4}(-[a-z]+){1,3}-\d{1,2})|(?P<account>\d{12})", re.ASCII
    )
    configurations = "aws"
    setup_titles = titles.ALL

    @property
    def questions(self) -> tuple[Question, ...]:
        from wizard.modes.aws.answers import QUESTIONS

        return QUESTIONS

    def answers_of(self, setup: AwsSetup, detected: Mapping[str, Found] | None = None) -> Answers:
        from wizard.modes.aws import answers

        filled = self.answers(detected)
        answers.fill(filled, setup)
        return filled

    def data(self, answers: Answers) -> dict[str, Any]:
        from wizard.modes.aws.answers import data

        return data(answers)

    def at_question(self, problem: SetupProblem) -> SetupProblem:
        from wizard.modes.aws import answers

        return answers.at_question(problem)

    def about(self, answers: Answers) -> str:
        if answers.text("aws.runtime") in RUNTIMES and not answers.question("aws.role").shown(answers):
            namespace, account = answers.text("aws.namespace"), answers.text("aws.service_account")
            cluster = answers.text("aws.cluster")
            return _("{workload} in {cluster}").format(workload=f"{namespace}/{account}", cluster=cluster)
        return _("{role} in {account}").format(role=answers.text("aws.role"), account=answers.text("aws.account"))

    def model(self) -> type[AwsSetup]:
        from wizard.modes.aws.model import AwsSetup

        return AwsSetup

    def problems(self, setup: AwsSetup) -> list[SetupProblem]:
        from wizard.modes.aws import consistency

        return consistency.problems(setup)

    def operators(self) -> tuple[Operator, ...]:
        return (Operator("aws", "Your AWS identity", _aws_operator), GOOGLE)

    def found_with(self, cloud: str, identity: Identity) -> dict[str, Found]:
        from wizard.setup.question import Found

        return {"aws.account": Found(identity.account, identity.source)} if cloud == "aws" else {}

    def defaults(self, environ: Mapping[str, str]) -> dict[str, Found]:
        from wizard.detect.machine import google_defaults
        from wizard.modes.aws.machine import aws_defaults

        return aws_defaults(environ) | google_defaults(environ)

    def readers(self) -> Mapping[str, Reader]:
        from wizard.detect import google_lists
        from wizard.modes.aws import lists, pool_lists, service_lists
        from wizard.modes.aws.eks import lists as eks_lists

        own = lists.READERS | service_lists.READERS | eks_lists.READERS | pool_lists.READERS
        return own | google_lists.READERS

    def region(self, answers: Answers) -> str:
        return sound_answer(answers, "aws.region")

    def find_setup(self, given: str, environ: Mapping[str, str]) -> FoundSetup | None:
        from wizard.modes.aws.live.found_by_name import find

        return find(given, environ)

    def setup_of_configuration(self, path: Path, document: Mapping[str, Any], clouds: Clouds) -> FoundSetup | None:
        from wizard.modes.aws.eks import found_setup

        return found_setup.find(path, document, clouds)

    def inventory(self, given: str, environ: Mapping[str, str]) -> Inventory | None:
        from wizard.modes.aws.live.inventory import inventory

        return inventory(given, environ)

    def answers_from(
        self, inventory: Inventory, rows: Iterable[InventoryRow], detected: Mapping[str, Found] | None = None
    ) -> Answers:
        from wizard.language import translated
        from wizard.setup.question import Found

        answers = super().answers_from(inventory, rows, detected)
        for row in rows:  # a setup has one workload
            start = dict(row.start)
            path = start.pop("role_path", "")
            if path:
                answers.kept["role_path"] = {start["aws.role"]: path}
            answers.seen |= {question: Found(value, translated(FROM_INVENTORY)) for question, value in start.items()}
        return answers

    def keys_of(self, answers: Answers, clouds: Clouds) -> dict[str, KeyFound]:
        from wizard.modes.aws.own_key import find

        found = find(clouds, answers)
        return {"": found} if found else {}

    def open(self, setup: AwsSetup, folder: Path, text: str, sessions: Sessions, *, ask_google: bool) -> AwsOpened:
        if RUNTIMES[setup.aws.runtime].workload_identity == "service account":
            from wizard.modes.aws.eks.opened import opened as opened_on_eks

            return opened_on_eks(setup, folder, text, sessions, ask_google=ask_google)
        from wizard.modes.aws.opened import opened

        return opened(setup, folder, text, sessions, ask_google=ask_google)

    def chains(self, setup: AwsSetup) -> dict[str, dict[str, str]]:
        from wizard.modes.aws import chain_titles

        return {"": chain_titles.titles(setup)}

    def open_configuration(
        self, path: Path, document: dict[str, Any], clouds: Clouds, role: str = ""
    ) -> OpenedConfiguration:
        from wizard.modes.aws.live import configured

        return configured.opened(path, document, clouds, role)


def _aws_operator(clouds: Clouds) -> Identity:
    from wizard.clouds.identity import aws_operator

    return aws_operator(clouds)


MODE = AwsMode()
