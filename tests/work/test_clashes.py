"""What several setups want differently of one resource is found before anything is written."""
# ruff: noqa: ARG002 (nothing is read or written)

from dataclasses import dataclass
from typing import Any, ClassVar

from wizard.engine.resource import Change, Refused, Resource, State
from wizard.work import clashes
from wizard.work.clashes import Clash


@dataclass(frozen=True, eq=False)
class Lamp(Resource):
    """Something with one colour."""

    kind: ClassVar[str] = "lamp"
    name: str
    wanted: Any

    def desired(self) -> State:
        return {"color": self.wanted}

    def read(self, clouds: object) -> State | None:
        raise AssertionError("clashes are found without a call")

    def create(self, clouds: object) -> None:
        raise AssertionError

    def update(self, clouds: object, change: Change) -> None:
        raise AssertionError


class Party(Lamp):
    """Something that keeps what others need of it."""

    def desired_with(self, before: State | None) -> State:
        there = (before or {}).get("color", [])
        return {"color": [*there, *(each for each in self.wanted if each not in there)]}


class Picky(Lamp):
    """Something that refuses a state."""

    def desired_with(self, before: State | None) -> State:
        if before and before.get("color") not in (None, self.wanted):
            raise Refused("the lamp is taken")
        return self.desired()


class Joined(Lamp):
    """Something that joins what others want, although its state does not show it."""

    joins = True


def change(resource: Resource, before: State | None = None) -> Change:
    return Change(resource, before, resource.desired_with(before))


def found(*changes: Change) -> list[Clash]:
    return clashes.find([(f"{index}.yaml", [each]) for index, each in enumerate(changes)])


def test_a_value_that_two_setups_want_differently_is_a_contradiction() -> None:
    (clash,) = found(change(Lamp("hall", "red")), change(Lamp("hall", "blue"), {"color": "green"}))
    assert (clash.files, clash.name, clash.is_contradiction) == (("0.yaml", "1.yaml"), "hall", True)
    assert "the changes of 1.yaml would undo the changes of 0.yaml (color)" in clash.text


def test_a_key_with_dots_is_named_as_a_whole() -> None:
    class Dotted(Lamp):
        def desired(self) -> State:
            return {"lamps.example/color": self.wanted}

    (clash,) = found(change(Dotted("hall", "red")), change(Dotted("hall", "blue")))
    assert "(lamps.example/color)" in clash.text


def test_a_contradiction_is_found_although_one_setup_is_in_place() -> None:
    (clash,) = found(change(Lamp("hall", "red"), {"color": "red"}), change(Lamp("hall", "blue"), {"color": "red"}))
    assert clash.is_contradiction


def test_what_the_second_apply_refuses_is_a_contradiction_with_the_reason() -> None:
    (clash,) = found(change(Picky("hall", "red")), change(Picky("hall", "blue")))
    assert clash.is_contradiction
    assert "the wizard cannot apply 1.yaml after 0.yaml: the lamp is taken" in clash.text


def test_what_keeps_the_needs_of_others_is_said_once_for_all_setups() -> None:
    (clash,) = found(*(change(Party("hall", [color])) for color in ("red", "blue", "green")))
    assert (clash.files, clash.is_contradiction) == (("0.yaml", "1.yaml", "2.yaml"), False)
    assert clash.text.startswith("3 setups change the lamp hall (color)")


def test_what_is_equal_elsewhere_joined_or_in_place_is_no_clash() -> None:
    assert found(change(Lamp("hall", "red")), change(Lamp("hall", "red"))) == []
    assert found(change(Lamp("hall", "red")), change(Lamp("attic", "blue"))) == []
    assert found(change(Joined("hall", "red")), change(Joined("hall", "blue"))) == []
    there = {"color": ["red", "blue"]}
    assert found(change(Party("hall", ["red"]), there), change(Party("hall", ["blue"]), there)) == []
