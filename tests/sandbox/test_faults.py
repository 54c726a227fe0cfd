"""Faults strike the calls that they name, as often as they say."""

from typing import Any

from wizard.sandbox.faults import Fault, Faults

PROJECT = "/cloudresourcemanager/v1/projects/acme-analytics"


def test_a_fault_strikes_as_often_as_it_says_and_then_the_call_works(cloud: Any) -> None:
    rule = Fault("cloudresourcemanager.*", "GET /v1/projects/*", status=503, message="try again", times=2)
    cloud.world.faults = Faults([rule])
    answers = [cloud("GET", PROJECT) for _ in range(3)]
    assert [each.status for each in answers] == [503, 503, 200]
    error = answers[0].body["error"]
    assert (error["code"], error["message"], error["status"]) == (503, "try again", "UNAVAILABLE")


def test_other_calls_are_spared(cloud: Any) -> None:
    cloud.world.faults = Faults([Fault("iam.googleapis.com", "*", status=500)])
    assert cloud("GET", PROJECT).status == 200
    assert cloud("GET", "/iam/v1/roles").status == 500


def test_a_conflict_carries_the_reason_that_it_is_given(cloud: Any) -> None:
    cloud.world.faults = Faults([Fault("*", "POST *:setIamPolicy", status=409, code="ABORTED")])
    answer = cloud("POST", f"{PROJECT}:setIamPolicy", {"policy": {}})
    assert (answer.status, answer.body["error"]["status"]) == (409, "ABORTED")
    assert cloud("POST", f"{PROJECT}:getIamPolicy").status == 200


def test_a_fault_without_a_status_only_stalls(cloud: Any) -> None:
    cloud.world.faults = Faults([Fault("*", "*", delay=0.001)])
    assert cloud("GET", PROJECT).status == 200
