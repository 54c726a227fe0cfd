"""Live lists, read from a sandbox world by the clients that the wizard uses."""

from pathlib import Path

import pytest

from tests.setups import answers as no_answers
from tests.setups import mode
from wizard.clouds.session import Clouds
from wizard.detect import google_lists, live
from wizard.detect.live import Listing
from wizard.modes.aws import rules
from wizard.modes.aws.answers import QUESTIONS
from wizard.setup.answers import Answers
from wizard.setup.question import Choice
from wizard.work import detecting

SERVICES = "/v1/projects/acme-analytics/services"
AWS = mode("aws")


def notes(found: Listing) -> dict[str, str]:
    return {each.value: each.note for each in found}


def test_every_list_that_a_question_names_can_be_read(clouds: Clouds, answers: Answers) -> None:
    named = {each.listing for each in QUESTIONS if each.listing}
    assert named <= set(AWS.readers())
    answers.set("aws.cluster", "shop")
    answers.set("aws.namespace", "orders")
    answers.set("aws.task_definition", "reports")
    clouds.google.call("serviceusage", "POST", f"{SERVICES}/bigquery.googleapis.com:enable", {})
    for name in AWS.readers():
        assert detecting.listing(AWS, name, clouds, answers).note == ""


def test_an_unknown_list_is_a_mistake_of_the_program(clouds: Clouds, answers: Answers) -> None:
    with pytest.raises(KeyError):
        detecting.listing(AWS, "unicorns", clouds, answers)


def test_roles_that_fit_the_runtime_come_first_and_each_says_whom_it_trusts(clouds: Clouds, answers: Answers) -> None:
    found = detecting.listing(AWS, "aws-roles", clouds, answers)
    assert found[0] == Choice("rds-to-bigquery", "rds-to-bigquery", "the role trusts ECS tasks", recommended=True)
    assert [each.value for each in found if each.recommended] == ["rds-to-bigquery"]
    assert notes(found)["a-function"] == "the role trusts Lambda"
    assert notes(found)["by-people"] == "the role trusts account 111122223333"
    assert notes(found)["another-region"].endswith("but only under conditions that this workload does not meet")
    assert "AWSServiceRoleForECS" not in notes(found)
    answers.set("aws.runtime", "lambda")
    assert detecting.listing(AWS, "aws-roles", clouds, answers)[0].value == "a-function"


def test_roles_of_an_account_that_is_not_the_operators_are_not_guessed(clouds: Clouds, answers: Answers) -> None:
    answers.set("aws.account", "444455556666")
    found = detecting.listing(AWS, "aws-roles", clouds, answers)
    assert found == []
    assert found.note == (
        "your AWS credentials are for account 111122223333, so the wizard cannot list the roles of account "
        "444455556666; type the role name"
    )


def test_job_definitions_show_both_of_their_newest_roles_and_their_platform(clouds: Clouds, answers: Answers) -> None:
    found = detecting.listing(AWS, "job-definitions", clouds, answers)
    assert [each.value for each in found] == ["nightly", "on-instances"]
    assert notes(found) == {
        "nightly": "job role rds-to-bigquery, execution role pulls-images, Fargate",
        "on-instances": "job role none, execution role none, EC2",
    }
    answers.set("aws.runtime", "batch-ec2")
    assert detecting.listing(AWS, "job-definitions", clouds, answers)[0].value == "on-instances"


def test_task_definitions_show_both_of_their_roles(clouds: Clouds, answers: Answers) -> None:
    found = detecting.listing(AWS, "task-definitions", clouds, answers)
    assert notes(found) == {
        "reports": "task role rds-to-bigquery, execution role none",
        "without-role": "task role none, execution role none",
    }


def test_services_that_run_the_task_definition_show_their_revision(clouds: Clouds, answers: Answers) -> None:
    assert detecting.listing(AWS, "ecs-services", clouds, answers).note == "choose the task definition first"
    arn = "arn:aws:ecs:ap-northeast-1:111122223333:task-definition/reports:7"
    for named in ("reports", "reports:1", arn):
        answers.set("aws.task_definition", named)
        assert notes(detecting.listing(AWS, "ecs-services", clouds, answers)) == {
            "main/reporter": "revision 1, 1 of 1 tasks are running",
            "other/archive": "revision 1, 0 of 0 tasks are running",
        }
    answers.set("aws.task_definition", "report")
    assert detecting.listing(AWS, "ecs-services", clouds, answers) == []
    assert detecting.listing(AWS, "ecs-services", clouds, answers).note.startswith("no ECS service runs this task")


def test_functions_show_their_role_and_instances_their_profile(clouds: Clouds, answers: Answers) -> None:
    assert notes(detecting.listing(AWS, "functions", clouds, answers)) == {"loader": "role a-function, python3.13"}
    assert notes(detecting.listing(AWS, "instances", clouds, answers)) == {
        "i-0123456789abcdef0": "instance profile on-a-machine, running",
        "i-0fedcba9876543210": "instance profile none, running",
    }


def test_accounts_are_the_operators_and_those_of_profiles(
    clouds: Clouds, answers: Answers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.write_text("[profile staging]\nsso_account_id = 444455556666\nregion = eu-west-1\n", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    found = detecting.listing(AWS, "aws-accounts", clouds, answers)
    assert notes(found) == {
        "111122223333": "your credentials: arn:aws:iam::111122223333:user/operator",
        "444455556666": "AWS profile staging",
    }
    assert notes(detecting.listing(AWS, "aws-profiles", clouds, answers)) == {"staging": "444455556666, eu-west-1"}


def test_regions_are_known_without_asking(clouds: Clouds, answers: Answers) -> None:
    found = set(notes(detecting.listing(AWS, "aws-regions", clouds, answers)))
    assert {"ap-northeast-1", "us-gov-west-1", "cn-north-1", "eusc-de-east-1"} < found
    assert not [region for region in found if "-iso" in region], "no network leads from there to Google Cloud"
    assert [region for region in found if rules.region(region)] == []


def test_projects_are_listed_by_id_with_their_names(clouds: Clouds, answers: Answers) -> None:
    found = detecting.listing(AWS, "projects", clouds, answers)
    assert notes(found)["acme-analytics"] == "Acme Analytics"
    assert notes(found)["acme-new"] == ""
    assert [each.value for each in found] == sorted(notes(found))


def test_pools_say_what_is_unusual_about_them(clouds: Clouds, answers: Answers) -> None:
    assert notes(detecting.listing(AWS, "pools", clouds, answers)) == {
        "aws-prod": "AWS",
        "former-pool": "deleted; wif-wizard apply undeletes the resource",
        "switched-off": "disabled",
    }


def test_providers_are_those_for_aws_of_this_account_first(clouds: Clouds, answers: Answers) -> None:
    found = detecting.listing(AWS, "providers", clouds, answers)
    assert [(each.value, each.recommended) for each in found] == [
        ("aws-111122223333", True),
        ("former-provider", True),
        ("staging-account", False),
    ]
    assert (
        notes(found)["former-provider"] == "AWS account 111122223333, deleted; wif-wizard apply undeletes the resource"
    )


def test_a_pool_that_does_not_exist_yet_has_no_providers(clouds: Clouds, answers: Answers) -> None:
    answers.set("google.pool", "to-be-made")
    found = detecting.listing(AWS, "providers", clouds, answers)
    assert (found, found.note) == ([], "the pool to-be-made does not exist yet, so it has no providers")


def test_service_accounts_are_listed_by_name(clouds: Clouds, answers: Answers) -> None:
    assert notes(detecting.listing(AWS, "service-accounts", clouds, answers)) == {
        "bq-loader": "Loads tables",
        "nightly-load": "disabled",
    }


def test_the_usual_roles_of_the_product_come_first_then_its_others(clouds: Clouds, answers: Answers) -> None:
    found = detecting.listing(AWS, "grantable-roles", clouds, answers)
    names = [each.value for each in found]
    assert names[:3] == ["roles/bigquery.jobUser", "roles/bigquery.dataEditor", "roles/bigquery.dataViewer"]
    assert names[3] == "roles/bigquery.readSessionUser"
    bigquery = [name.startswith("roles/bigquery.") for name in names]
    assert bigquery == sorted(bigquery, reverse=True)
    assert found[0].title == "BigQuery Job User"
    assert found[0].note == "Access to run jobs"
    for others in (found[4 : sum(bigquery)], found[sum(bigquery) :]):
        assert [each.title for each in others] == sorted((each.title for each in others), key=str.lower)
    answers.set("access.product", "pubsub")
    assert detecting.listing(AWS, "grantable-roles", clouds, answers)[0].value == "roles/pubsub.publisher"


@pytest.mark.usefixtures("clouds")
def test_where_the_api_is_still_off_the_list_is_empty_and_says_why(answers: Answers) -> None:
    answers.set("google.project", "acme-new")
    new = Clouds("acme-new", "ap-northeast-1")
    for name in ("pools", "providers", "service-accounts"):
        found = detecting.listing(AWS, name, new, answers)
        assert found == []
        assert (
            found.note
            == "the wizard cannot read the list yet, because the API iam.googleapis.com is not enabled; wif-wizard "
            "apply enables the API"
        )
    roles = detecting.listing(AWS, "grantable-roles", new, answers)
    assert roles[0].value == "roles/bigquery.jobUser"
    assert roles.note


@pytest.mark.parametrize("name", ["pools", "providers", "service-accounts", "grantable-roles"])
def test_without_a_project_nothing_is_asked(name: str) -> None:
    found = detecting.listing(AWS, name, Clouds("", environ={}), no_answers())
    assert found.note == "choose a project first: the wizard reads the list from that project"


def test_lists_are_read_page_by_page(clouds: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    call = clouds.google.call
    pages = []

    def small(*arguments: object, query: dict[str, object], **named: object) -> dict[str, object]:
        pages.append(query.get("pageToken"))
        return call(*arguments, query={**query, "pageSize": 1}, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(clouds.google, "call", small)
    assert len(google_lists.projects(clouds, no_answers())) == 3
    assert len(set(pages)) == 3


def test_a_list_that_is_too_long_is_cut_and_says_so() -> None:
    def fetch(mark: str) -> dict[str, object]:
        start = int(mark or 0)
        return {"things": list(range(start, start + 300)), "next": str(start + 300)}

    read = live.read_pages(fetch, "things", "next", 500)
    assert len(read.items) == 500
    assert read.note == "the list shows only the first 500 entries; to use another entry, type its name"


def test_a_list_that_just_fits_is_whole() -> None:
    read = live.read_pages(lambda _: {"things": list(range(500))}, "things", "next", 500)
    assert (len(read.items), read.note) == (500, "")
