"""What the pages hear of the work that the bridge does for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from wizard.chain.hop import Outcome, Progress
    from wizard.clouds.errors import CloudError
    from wizard.detect import Identity
    from wizard.engine.apply import Result
    from wizard.engine.events import Event
    from wizard.federation.gke import ClusterName
    from wizard.modes.aws.live.trusted import NeedsTrust
    from wizard.modes.gke.chosen import ActsAs
    from wizard.modes.gke.clusters import ClusterSeen
    from wizard.modes.gke.running import Running
    from wizard.setup.answers import Answers
    from wizard.setup.question import Choice, Found
    from wizard.work.planning import Reviewed as Review


class Reviewed(Message):
    """The plan was read, with the preflight's verdicts."""

    def __init__(self, reviewed: Review) -> None:
        super().__init__()
        self.reviewed = reviewed


class Applied(Message):
    """Applying has ended, in whichever way."""

    def __init__(self, result: Result) -> None:
        super().__init__()
        self.result = result


class EventHappened(Message):
    """Something happened to a change that is being made."""

    def __init__(self, event: Event) -> None:
        super().__init__()
        self.event = event


class OutcomeHappened(Message):
    """A hop of the chain was taken; on GKE, of the chain of this workload."""

    def __init__(self, outcome: Outcome, workload: str = "") -> None:
        super().__init__()
        self.outcome = outcome
        self.workload = workload


class SettlingHappened(Message):
    """A hop is refused while a grant is young, and tried again; or waits for something else."""

    def __init__(self, settling: Progress, workload: str = "") -> None:
        super().__init__()
        self.settling = settling
        self.workload = workload


class TrustNeeded(Message):
    """The test needs the operator in the role's trust policy for its length: ask, then test with consent."""

    def __init__(self, need: NeedsTrust) -> None:
        super().__init__()
        self.need = need


class TestStopped(Message):
    """The test was cancelled, and what it had put into the cloud is taken out again."""


class Tested(Message):
    """The test has ended; every hop's outcome, in `walks` by workload where there are several."""

    def __init__(self, outcomes: list[Outcome], walks: Mapping[str, list[Outcome]] | None = None) -> None:
        super().__init__()
        self.outcomes = outcomes
        self.walks: Mapping[str, list[Outcome]] = walks or {"": outcomes}


class Detected(Message):
    """Defaults were found in files and the environment: path -> what, and where."""

    def __init__(self, found: dict[str, Found]) -> None:
        super().__init__()
        self.found = found


class Recognised(Message):
    """A cloud ("aws", "google") said who the operator is."""

    def __init__(self, cloud: str, identity: Identity) -> None:
        super().__init__()
        self.cloud = cloud
        self.identity = identity


class Listed(Message):
    """A live list was read."""

    def __init__(self, listing: str, choices: Sequence[Choice], note: str = "") -> None:
        super().__init__()
        self.listing = listing
        self.choices = tuple(choices)
        self.note = note


class ClustersSeen(Message):
    """The clusters of a project were read."""

    def __init__(self, project: str, clusters: Sequence[ClusterSeen]) -> None:
        super().__init__()
        self.project = project
        self.clusters = tuple(clusters)


class RunningSeen(Message):
    """What runs in a cluster was read."""

    def __init__(self, cluster: ClusterName, running: Running) -> None:
        super().__init__()
        self.cluster = cluster
        self.running = running


class ActingSeen(Message):
    """Whom Kubernetes service accounts (namespace and name) act as now was read, or could not be."""

    def __init__(self, found: Mapping[tuple[str, str], ActsAs | CloudError | None]) -> None:
        super().__init__()
        self.found = found


class Loaded(Message):
    """A setup file was read."""

    def __init__(self, path: Path, answers: Answers) -> None:
        super().__init__()
        self.path = path
        self.answers = answers


class Failed(Message):
    """A cloud or a check said no. `doing` says what was tried, and names the work: "review", "list aws-roles"."""

    def __init__(self, error: Exception, doing: str) -> None:
        super().__init__()
        self.error = error
        self.doing = doing
