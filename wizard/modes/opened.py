"""An opened setup: everything that is needed to plan, apply, test and export it."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from wizard.clouds.session import Clouds
from wizard.engine.resource import Resource
from wizard.federation.principals import FederatedIdentity
from wizard.language import N_, _, translated
from wizard.modes.leftover import Leftover
from wizard.setup.problems import BadInput

if TYPE_CHECKING:
    from wizard.chain.hop import Outcome, Progress
    from wizard.chain.recorded import Recording

NO_COPY = (
    "wif-wizard cannot print a probe script for this workload: the script tests only workloads with AWS credentials "
    "or a token in a file"
)

NO_SETUP = (
    "the doctor can find the setup of a credential configuration only if the provider in the configuration is for AWS "
    "or for an EKS cluster"
)

UNKNOWN_NUMBER = "PROJECT_NUMBER"
"""Used in place of a project number if the number was not read."""

Outcomes = dict[str, list["Outcome"]]
"""The outcomes of each workload's hops, in order. The key is the workload's title, or "" for a single workload."""


class Consent(Exception):  # noqa: N818 (the name says what is needed)
    """A temporary change that a test makes in a cloud. The operator must confirm it first."""

    def __init__(
        self,
        question: str,
        meaning: str,
        agree: str,
        declined: str,
        detail: str = "",
        subject: str = "",
        instead: str = "",
    ) -> None:
        """Set the texts of the confirmation.

        `question` and `meaning` say what is added and why, `agree` is the label to confirm, `declined` is the message
        after a refusal, and `detail` is the text of what is added, if it is short enough to show. `subject` is the same
        for the same change in a later test, by default the question and the meaning. `instead` is a sentence about the
        options of `wif-wizard test` that need no such change; empty if there are none.
        """
        super().__init__(question)
        self.question, self.meaning, self.agree, self.declined, self.detail = question, meaning, agree, declined, detail
        self.subject = subject or f"{question} {meaning}"
        self.instead = instead


@dataclass(frozen=True)
class Listener:
    """The callbacks of a live test, which are called one at a time while it runs.

    `agree` is called before the test adds something to a cloud; it raises an exception to decline.
    """

    on_outcome: Callable[[str, Outcome], None]
    on_progress: Callable[[str, Progress], None]
    agree: Callable[[Consent], None]


@dataclass(frozen=True)
class ExportedFile:
    """A text to save: the name of its file, a title, what it is for, its language, and the text."""

    file: str
    title: str
    why: str
    language: str
    text: str


WAYS = {
    "key": N_("key"),
    "node": N_("node"),
    "service account": N_("service account"),
    "direct": N_("direct"),
    "none": N_("none"),
}
"""The ways in which a workload reaches Google Cloud today: with a key, as its node, or with federation."""


@dataclass(frozen=True)
class InventoryRow:
    """How one workload reaches Google Cloud today."""

    workload: str
    identity: str
    """Its Kubernetes service account or its AWS role."""
    way: str
    """The key of WAYS."""
    detail: str
    """The service account, the key or the member, in a few words."""
    next_step: str
    """What to do next, as a sentence or a command."""
    key: str = ""
    """The name by which the operator chooses the workload: NAMESPACE/SERVICE_ACCOUNT, or an ARN."""
    start: Mapping[str, Any] = field(default_factory=dict)
    """What the mode needs to start a setup of the workload."""

    @property
    def way_text(self) -> str:
        """The way as people read it."""
        return translated(WAYS[self.way])

    @property
    def uses_federation(self) -> bool:
        """Whether the workload reaches Google Cloud without a key and without its node's identity already."""
        return self.way in ("service account", "direct")


@dataclass(frozen=True)
class Inventory:
    """The workloads of a cluster, or of an AWS account in a region. `place` is the name that the operator gave."""

    about: str
    rows: tuple[InventoryRow, ...]
    unknown: tuple[str, ...] = ()
    """What could not be read, one sentence each."""
    place: str = ""
    mode: str = ""
    """The name of the mode that sets up these workloads."""
    start: Mapping[str, str] = field(default_factory=dict)
    """The answers that hold for every workload, by the path of the question."""
    several: bool = False
    """Whether one setup can have several of these workloads."""


@dataclass(frozen=True)
class Observation:
    """Something wrong or risky that the doctor sees in the clouds, although no change of a plan is about it.

    `code` is that of the doctor's rule, which says how severe it is.
    """

    code: str
    evidence: tuple[str, ...]
    fix: str = ""
    """What to do, if that is more than the rule says."""
    severity: Literal["note", ""] = ""
    """How severe it is, if that is less than the rule says."""


@dataclass(frozen=True)
class NearGrant:
    """A role that a workload does not have, and that a policy grants to a member that almost is the workload.

    The observation about it is a note, since nothing says that the workload needs the role.
    """

    role: str
    observation: Observation


@dataclass(frozen=True)
class Observed:
    """The observations about each workload, by its title, and a sentence for each thing that could not be read."""

    by_workload: dict[str, list[Observation]] = field(default_factory=dict)
    unread: tuple[str, ...] = ()


@dataclass(frozen=True)
class Who:
    """Who a workload is for Google Cloud, as far as a live test showed it.

    `identity` is None if it is not known. `mapped` tells whether its attributes and groups are known. `account` is the
    email of the service account that the workload acts as; empty if there is none. `member` is how policies should
    name the workload; empty if that is the identity itself.
    """

    identity: FederatedIdentity | None = None
    mapped: bool = True
    account: str = ""
    member: str = ""


@dataclass(frozen=True)
class Opened(ABC):
    """What a command needs to work on one setup, in any mode."""

    text: str
    """The text of the setup file."""
    clouds: Clouds
    setup: Any

    @property
    @abstractmethod
    def title(self) -> str:
        """The workload and the project, in one line in English, which the journal and a printed probe have."""

    @property
    @abstractmethod
    def notes(self) -> list[str]:
        """Limits that the operator should know, one sentence each."""

    @abstractmethod
    def resources(self, only: str | None = None) -> list[Resource]:
        """Return every resource of the setup, or those of one half."""

    def check_operator(self, only: str | None) -> None:  # noqa: B027 (most modes name no operator)
        """Raise CloudError if the operator's credentials are not for the account that the setup names."""

    def leftovers(self, only: str | None = None, clouds: Clouds | None = None) -> list[Leftover]:
        """Return what live tests left in the clouds that were killed, or in one half. Raises JournalError.

        Reads through `clouds` if they are given. By default there is none.
        """
        del only, clouds
        return []

    @property
    @abstractmethod
    def likely_place(self) -> str:
        """The default place of the live test."""

    @property
    def best_place(self) -> str:
        """The place in which the live test proves most, which the wizard offers first: the default one if not known."""
        return self.likely_place

    def announce_test(self) -> None:  # noqa: B027 (most modes have nothing to announce)
        """Tell the sessions what the live test will read, so that the tests of several setups can read it at once."""

    @abstractmethod
    def test(self, place: str, wait: float, listener: Listener, stop: threading.Event) -> Outcomes:
        """Run the live test of every workload in a place, and return the outcomes.

        A refusal is retried while the grant that it needs is less than `wait` seconds old. Raises BadInput, Refused,
        CloudError, LeftBehind, what `listener.agree` raises, and Stopped once `stop` is set.
        """

    def predicted(self) -> Outcomes:
        """Return the refusals that follow from what the clouds have stored, for a test that cannot run.

        By default none is known. Raises BadInput, Refused and CloudError.
        """
        return {}

    def who(self, workload: str, outcomes: Iterable[Outcome]) -> Who:  # noqa: ARG002 (most modes know it)
        """Return who a workload is, by its title and the outcomes of its live test. By default nothing is known."""
        return Who()

    def observed(self, clouds: Clouds) -> Observed:  # noqa: ARG002 (most modes look at the clouds)
        """Return what is wrong or risky although no change of the plan is about it. By default nothing is known.

        `clouds` are the sessions to read with, which can share their reads with a plan.
        """
        return Observed()

    def afterwards(self) -> dict[str, list[str]]:
        """Return what follows a test in the workload that passed, one sentence each, by the title of the workload.

        It says how the workload appears in logs, and which keys of the service account before it are still enabled.
        """
        return {}

    def probe_request(self) -> dict[str, Any]:
        """Return the request of the probe that is copied to the workload. It has no secrets.

        Raises BadInput, also if the mode's workloads cannot run the probe so, and CloudError.
        """
        raise BadInput(_(NO_COPY))

    def judge(self, recording: Recording, wait: float, listener: Listener) -> Outcomes:
        """Return the outcomes of what a printed probe wrote in the workload.

        `wait` is for how many seconds a grant counts as recent. Raises BadInput, also for output that is not about
        this setup, and CloudError.
        """
        del recording, wait, listener
        raise BadInput(_(NO_COPY))

    def probe_jobs(self) -> list[dict[str, Any]]:
        """Return manifests of jobs that test the workloads in their cluster, for people to run. By default none.

        Raises CloudError.
        """
        return []

    @abstractmethod
    def exports(self) -> list[ExportedFile]:
        """Return the files for the team: configuration, manifests, code."""


@dataclass(frozen=True)
class FoundSetup:
    """A setup that describes what a credential configuration uses, as it was found in the clouds."""

    data: dict[str, Any]
    """The setup as plain data."""
    assumed: tuple[str, ...]
    """What was found or assumed, one sentence each."""
    unknown: tuple[str, ...] = ()
    """What could not be read, one sentence each."""
    near_grants: tuple[NearGrant, ...] = ()
    """What policies grant to a wrong member, beside what the workload has."""


class OpenedConfiguration(ABC):
    """A credential configuration without a setup, with everything that was found about it, ready to be tested."""

    clouds: Clouds
    likely_place: str
    """The default place of the live test."""
    here: str = "The live test runs on this machine, with the workload's identity."
    """How it runs here, as a sentence for the user."""

    @abstractmethod
    def test(self, place: str, wait: float, listener: Listener, stop: threading.Event) -> Outcomes:
        """Run the live test in a place. Raises what `Opened.test` raises."""

    def leftovers(self, only: str | None = None, clouds: Clouds | None = None) -> list[Leftover]:
        """Return what interrupted live tests left. Raises JournalError."""
        del only, clouds
        return []

    def probe_request(self) -> dict[str, Any]:
        """Return the request of the probe that is copied to the workload. Raises what `Opened.probe_request` raises."""
        raise BadInput(_(NO_COPY))

    def judge(self, recording: Recording, wait: float, listener: Listener) -> Outcomes:
        """Return the outcomes of what a printed probe wrote. Raises what `Opened.judge` raises."""
        del recording, wait, listener
        raise BadInput(_(NO_COPY))

    def who(self, outcomes: Iterable[Outcome]) -> Who:  # noqa: ARG002 (AWS knows it)
        """Return who the workload is, by the outcomes of its live test. By default nothing is known."""
        return Who()

    def observed(self) -> list[Observation]:
        """Return what is wrong with what the configuration names, whoever the workload is. By default nothing."""
        return []

    def found_setup(self) -> FoundSetup:
        """Return the setup that describes what the configuration uses. Raises BadInput if unclear, and CloudError."""
        raise BadInput(_(NO_SETUP))
