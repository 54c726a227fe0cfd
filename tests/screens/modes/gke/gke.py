"""Sittings about workloads on GKE, and what the pages hear of clusters and of what runs there."""

import re

from textual.app import App
from textual.pilot import Pilot

from screens.modes.gke.test import GkeTestPage
from screens.session import Session
from screens.widgets.dialogs import YesNoDialog
from tests.commands.gke.worlds import SETUP
from tests.screens.driving import settled, the_page, until
from tests.screens.frames import check_text, frame
from tests.setups import answers_of, loads, mode
from wizard.clouds.controllers import Controller
from wizard.modes.gke.chosen import Chosen
from wizard.modes.gke.clusters import ClusterSeen, NodePoolSeen
from wizard.modes.gke.running import AccountSeen, Running, Runs
from wizard.modes.gke.workload_answers import GkeAnswers

STANDARD = ClusterSeen(
    "payments",
    "asia-northeast1",
    autopilot=False,
    pool=None,
    status="RUNNING",
    node_pools=(NodePoolSeen("default-pool", 3, None), NodePoolSeen("batch-pool", 2, "GKE_METADATA")),
)
AUTOPILOT = ClusterSeen(
    "edge", "europe-west1", autopilot=True, pool="acme-payments.svc.id.goog", status="RUNNING", node_pools=()
)

RULES, SCORER, CHECKOUT = (Controller("Deployment", name) for name in ("rules", "scorer", "checkout"))
LEDGER, NIGHTLY, AGENT, MIGRATE = (
    Controller(*each.split())
    for each in ("StatefulSet ledger", "CronJob nightly", "DaemonSet agent", "Job migrate-ledger")
)

RUNNING = Running(
    accounts=(
        AccountSeen("anti-fraud", "default"),
        AccountSeen("checkout", "checkout", "checkout@acme-payments.iam.gserviceaccount.com"),
        AccountSeen("checkout", "default"),
        AccountSeen("reporting", "settlement"),
    ),
    controllers=(
        Runs("anti-fraud", RULES, "default", "1 pod"),
        Runs("anti-fraud", SCORER, "default", "3 pods"),
        Runs("checkout", CHECKOUT, "checkout", "2 pods"),
    ),
)

EVERY_KIND = Running(
    accounts=(AccountSeen("ledger", "ledger"), AccountSeen("ledger", "reader")),
    controllers=(
        Runs("ledger", LEDGER, "ledger", "2 pods"),
        Runs("ledger", AGENT, "default", "a pod on each node", host_network=True),
        Runs("ledger", NIGHTLY, "ledger", "at 0 2 * * * Asia/Tokyo"),
        Runs("ledger", MIGRATE, "ledger", "ended"),
    ),
    unread=("Deployment",),
)


def session_of(text: str = SETUP) -> Session:
    """A sitting with the answers of a setup."""
    session = Session()
    session.take(mode("gke"), answers_of(loads(text)))
    return session


def new_session(*workloads: Chosen) -> Session:
    """A sitting that has begun a new setup, with these workloads chosen."""
    session = Session()
    session.mode = mode("gke")
    answers = session.answers
    assert isinstance(answers, GkeAnswers)
    answers.set("google.project", "acme-payments")
    answers.set("gke.cluster", "payments")
    answers.set("gke.location", "asia-northeast1")
    answers.workloads = workloads
    return session


_TOOK = re.compile(r"(?:\d+ min )?\d+(?:\.\d)? m?s\b *")
_POD = re.compile(r"wif-wizard-probe-[0-9a-f]+")
_OPERATION = re.compile(r"(?<=operation-)[0-9a-f-]+|(?<= )[0-9a-f-]+(?= \(UPGRADE_NODES| continues)")
"""What differs of an operation's name, which may go on in the next line."""


def check_timeless(app: App[int], name: str) -> None:
    """Compare the screen with frames/NAME.txt, whatever time things took, whatever pod and operation are called."""
    seen = _TOOK.sub(lambda found: "T".ljust(len(found[0])), frame(app))
    seen = _POD.sub(lambda found: "P".ljust(len(found[0])), seen)
    seen = _OPERATION.sub(lambda found: re.sub("[0-9a-f]", "0", found[0]), seen)
    check_text("".join(f"{line.rstrip()}\n" for line in seen.splitlines()), name)


async def walked(pilot: Pilot[int], key: str = "y") -> GkeTestPage:
    """Test, in pods or not, until it has ended."""
    page = the_page(pilot)
    assert isinstance(page, GkeTestPage)
    if key == "h":
        await pilot.press("h")
    else:
        await pilot.press("t")
        await until(pilot, lambda: isinstance(pilot.app.screen, YesNoDialog))
        await pilot.press(key)
    await until(pilot, lambda: page.state in ("passed", "failed", "broken"))
    await settled(pilot)
    return page
