"""A pod on EKS in the wizard: the questions that fit, their lists, the preview, the review, the test, and the files."""

from collections.abc import Iterator

import pytest
from textual.pilot import Pilot

from screens.modes.aws.trust import TrustPage
from screens.session import Session
from screens.widgets.field import Field
from tests.screens.conftest import Open
from tests.screens.driving import LARGE, SMALL, settled, the_app, the_page, until
from tests.screens.filled import check_frame
from tests.screens.frames import frame
from wizard.modes.mode import table
from wizard.sandbox.process import Sandbox
from wizard.setup.question import Value

ANSWERS: dict[str, Value] = {
    "aws.account": "111122223333",
    "aws.region": "eu-central-1",
    "aws.runtime": "eks",
    "aws.cluster": "shop",
    "aws.namespace": "orders",
    "aws.service_account": "loader",
    "google.project": "acme-analytics",
    "google.pool": "aws-prod",
    "access.on": "acme-analytics",
    "access.roles": ("roles/bigquery.jobUser",),
}


@pytest.fixture
def on_eks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with Sandbox("eks-bigquery", ["--steady"]) as sandbox:
        for name, value in sandbox.variables.items():
            monkeypatch.setenv(name, value)
        yield sandbox


def session(**but: Value) -> Session:
    made = Session()
    for path, value in (ANSWERS | but).items():
        made.answers.set(path, value)
    return made


def shown(pilot: Pilot[int]) -> str:
    return frame(pilot.app)


@pytest.mark.usefixtures("on_eks")
async def test_the_questions_are_those_of_a_pod(open_wizard: Open) -> None:
    made = session()
    async with open_wizard(LARGE, made, "aws-workload") as pilot:
        fields = [field.question for field in the_page(pilot).query(Field)]
        paths = [question.path for question in fields if question.shown(made.answers)]
        assert "aws.role" not in paths
        assert paths[3:6] == ["aws.cluster", "aws.namespace", "aws.service_account"]
        for path in ("trust.who", "google.attribute_mapping", "aws.job_definition", "aws.imdsv2"):
            assert not made.answers.question(path).shown(made.answers)
        assert made.answers.text("google.provider") == "eks-shop"


@pytest.mark.usefixtures("on_eks")
def test_the_lists_are_read_from_aws_and_from_the_cluster() -> None:
    made = session()
    readers, clouds = table()["aws"].readers(), made.clouds()
    read = {name: readers[name](clouds, made.answers) for name in ("eks-clusters", "eks-namespaces", "eks-accounts")}
    assert [[choice.value for choice in listing] for listing in read.values()] == [
        ["shop"],
        ["default", "orders", "web"],
        ["loader", "default"],
    ]
    made.answers.set("aws.namespace", "web")
    notes = {choice.value: choice.note for choice in readers["eks-accounts"](clouds, made.answers)}
    assert "arn:aws:iam::111122223333:role/shop-assets (IRSA)" in notes["shop"]


@pytest.mark.usefixtures("on_eks")
@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_trust_shows_how_google_sees_the_pod(open_wizard: Open, size: tuple[int, int]) -> None:
    async with open_wizard(size, session(), "aws-trust") as pilot:
        assert isinstance(the_page(pilot), TrustPage)
        await until(pilot, lambda: "system:serviceaccount:orders:loader" in shown(pilot))
        await until(pilot, lambda: "projects/1" in shown(pilot))
        await check_frame(pilot, "trust-eks")


@pytest.mark.usefixtures("on_eks")
async def test_from_review_to_the_files_for_the_pod(open_wizard: Open) -> None:
    async with open_wizard(LARGE, session(), "review") as pilot:
        await until(pilot, lambda: "eks-shop" in shown(pilot))
        await settled(pilot)
        opened = the_app(pilot).session.opened
        assert opened is not None
        files = {file.file: file.text for file in opened.exports()}
        assert "serviceAccountToken" in files["pod-fragment.yaml"]
        assert "kind: ConfigMap" in files["configmap.yaml"]
