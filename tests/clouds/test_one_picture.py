"""Sessions that read each fact once, for whoever writes nothing."""

from typing import Any

from wizard.clouds.one_picture import OnePicture
from wizard.clouds.session import Clouds


class FakeAws:
    """AWS, which counts its calls."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def _call(self, _timeouts: Any, _service: str, operation: str, _arguments: Any) -> dict[str, Any]:
        self.asked.append(operation)
        return {"Names": [operation]}


def test_a_read_of_aws_is_made_once_and_its_answer_is_not_shared_property() -> None:
    clouds, aws = Clouds("acme-analytics", environ={}), FakeAws()
    clouds.__dict__["aws"] = aws
    picture = OnePicture(clouds)
    picture.aws.call("iam", "get_role", RoleName="loader")["Names"].append("changed")
    assert picture.aws.call("iam", "get_role", RoleName="loader") == {"Names": ["get_role"]}
    picture.aws.quick_call("iam", "get_role", RoleName="other")
    assert aws.asked == ["get_role", "get_role"]


def test_what_is_not_a_read_is_made_each_time_and_drops_nothing() -> None:
    clouds, aws = Clouds("acme-analytics", environ={}), FakeAws()
    clouds.__dict__["aws"] = aws
    picture = OnePicture(clouds)
    for operation in ("get_role", "assume_role", "assume_role", "get_role"):
        picture.aws.call("sts", operation)
    assert aws.asked == ["get_role", "assume_role", "assume_role"]
