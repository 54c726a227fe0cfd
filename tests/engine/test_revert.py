"""Revert: deletes what runs created, restores what they set, and leaves what others have changed since."""

from dataclasses import dataclass, field
from typing import ClassVar

from tests.engine.fakes import Bench, FakeCloud, Thing
from wizard.engine.journal import Write
from wizard.engine.plan import plan
from wizard.engine.resource import Change, Operation, Refused, Resource, State
from wizard.engine.revert import Reverting, original, plan_revert


@dataclass(frozen=True, eq=False)
class Revertible(Thing):
    """A thing that can be deleted and restored. `users` are those who use it, by name."""

    users: dict[str, list[str]] = field(default_factory=dict)

    def delete(self, clouds: FakeCloud) -> Operation | None:
        clouds.call("delete", self.name)
        del clouds.things[self.name]
        return None

    def restore(self, clouds: FakeCloud, change: Change) -> Operation | None:
        clouds.call("restore", self.name)
        clouds.things[self.name] = {**clouds.things[self.name], **(change.before or {})}
        return None

    def in_use(self, clouds: FakeCloud, going: object) -> list[str]:  # noqa: ARG002
        return self.users.get(self.name, [])


@dataclass(frozen=True, eq=False)
class Members(Revertible):
    """Members of a shared list: they are added and removed one by one."""

    kind: ClassVar[str] = "members"
    shared: ClassVar[bool] = True

    def desired_with(self, before: State | None) -> State:
        there = (before or {}).get("members", [])
        return {"members": [*there, *(each for each in self.wanted["members"] if each not in there)]}

    def update(self, clouds: FakeCloud, change: Change) -> Operation | None:
        clouds.call("update", self.name)
        clouds.things[self.name] = {"members": change.after["members"]}
        return None

    def parts(self, state: State) -> State:
        return {key: dict.fromkeys(members, True) for key, members in state.items()}

    def restore(self, clouds: FakeCloud, change: Change) -> Operation | None:
        kept = [each for each in clouds.things[self.name]["members"] if each not in change.after["members"]]
        clouds.things[self.name] = {"members": kept}
        return None


@dataclass(frozen=True, eq=False)
class Shared(Revertible):
    """A thing on which others depend: `needed` says by whom, and `lost` who loses what, by name."""

    needed: dict[str, list[str]] = field(default_factory=dict)
    lost: dict[str, list[str]] = field(default_factory=dict)

    def cannot_restore(self, clouds: FakeCloud, change: Change, going: object) -> list[str]:  # noqa: ARG002
        return self.needed.get(self.name, [])

    def revert_losers(self, clouds: FakeCloud, change: Change, going: object) -> list[str]:  # noqa: ARG002
        if "refused" in self.lost:
            raise Refused("you cannot read the users")
        return self.lost.get(self.name, [])

    def revert_impact(self, clouds: FakeCloud, change: Change) -> str:  # noqa: ARG002
        return f"restarts {self.name}"

    def is_unrecorded(self, value: object) -> bool:
        return value == "(hidden)"


class Kept(Revertible):
    kind: ClassVar[str] = "kept thing"

    def stays(self) -> str:
        return "Others can use it."


def _planned(bench: Bench, resources: list[Resource], run: str, **options: object) -> Reverting:
    writes = bench.journal.writes(run)
    ids = [each.id for each in reversed(bench.journal.runs())]
    later: list[Write] = []
    for each in ids[ids.index(run) + 1 :]:
        later += bench.journal.writes(each)
    return plan_revert(resources, writes, later, bench.clouds, **options)  # type: ignore[arg-type]


def _applied(bench: Bench, *resources: Resource) -> str:
    bench.time.now += 1
    result = bench.apply(plan(resources, bench.clouds))
    assert result.ok
    assert result.run is not None
    return result.run


def _actions(reverting: Reverting) -> list[tuple[str, str]]:
    return [(change.action, change.resource.name) for change in reverting.plan.changes]


def test_what_a_run_created_is_deleted_and_what_needs_it_goes_first(bench: Bench) -> None:
    first = Revertible("first")
    second = Revertible("second", needs=(first,))
    run = _applied(bench, second)
    reverting = _planned(bench, [first, second], run)
    assert _actions(reverting) == [("delete", "second"), ("delete", "first")]
    assert bench.apply(reverting.plan).ok
    assert bench.clouds.things == {}
    assert bench.clouds.writes_tried()[-2:] == [("delete", "second"), ("delete", "first")]


def test_what_a_run_updated_has_its_values_from_before(bench: Bench) -> None:
    bench.clouds.things["disk"] = {"size": 5, "colour": "red"}
    disk = Revertible("disk")
    run = _applied(bench, disk)
    assert bench.clouds.things["disk"] == {"size": 1, "colour": "red"}
    assert bench.apply(_planned(bench, [disk], run).plan).ok
    assert bench.clouds.things["disk"] == {"size": 5, "colour": "red"}


def test_a_value_that_someone_has_changed_since_is_left_and_told(bench: Bench) -> None:
    bench.clouds.things["disk"] = {"size": 5, "colour": "red"}
    disk = Revertible("disk", {"size": 1, "colour": "blue"})
    run = _applied(bench, disk)
    bench.clouds.things["disk"]["size"] = 9
    reverting = _planned(bench, [disk], run)
    assert [(item.name, item.reason) for item in reverting.left] == [
        ("disk", "size is now 9, but the run set it to 1.")
    ]
    assert bench.apply(reverting.plan).ok
    assert bench.clouds.things["disk"] == {"size": 9, "colour": "red"}


def test_a_created_thing_that_someone_has_changed_stays_with_what_it_needs(bench: Bench) -> None:
    first = Revertible("first")
    second = Revertible("second", needs=(first,))
    run = _applied(bench, second)
    bench.clouds.things["second"] = {"size": 3}
    reverting = _planned(bench, [first, second], run)
    assert reverting.plan.empty
    assert [item.reason for item in reverting.left] == [
        "size is now 3, but the run set it to 1.",
        "The revert keeps thing second, which needs this resource.",
    ]


def test_a_created_thing_that_others_use_stays(bench: Bench) -> None:
    users = {"disk": ["The machine web uses it."]}
    disk = Revertible("disk", users=users)
    run = _applied(bench, disk)
    assert [item.reason for item in _planned(bench, [disk], run).left] == ["The machine web uses it."]
    users.clear()
    reverting = _planned(bench, [disk], run)
    users["disk"] = ["The machine web uses it."]  # since the review
    result = bench.apply(reverting.plan)
    assert [failure.error.message for failure in result.failures] == ["The machine web uses it."]
    assert "disk" in bench.clouds.things


def test_what_cannot_be_checked_stays(bench: Bench) -> None:
    disk = Revertible("disk")
    run = _applied(bench, disk)
    bench.clouds.then("read", "disk", Refused("you cannot read it"))
    reverting = _planned(bench, [disk], run)
    assert reverting.plan.empty
    assert [item.reason for item in reverting.left] == ["The wizard could not read the resource: you cannot read it"]


def test_only_members_that_the_run_added_are_removed(bench: Bench) -> None:
    bench.clouds.things["list"] = {"members": ["ann"]}
    members = Members("list", {"members": ["bob", "cem"]})
    run = _applied(bench, members)
    bench.clouds.things["list"]["members"] += ["dan"]
    assert bench.apply(_planned(bench, [members], run).plan).ok
    assert bench.clouds.things["list"] == {"members": ["ann", "dan"]}


def test_what_a_later_run_wrote_again_is_left_to_that_run(bench: Bench) -> None:
    bench.clouds.things["list"] = {"members": []}
    first = _applied(bench, Members("list", {"members": ["bob", "cem"]}))
    bench.clouds.things["list"] = {"members": ["cem"]}
    second = _applied(bench, Members("list", {"members": ["bob", "cem"]}))
    reverting = _planned(bench, [Members("list")], first)
    assert [item.reason for item in reverting.left] == [
        f"Run {second} changed this resource later. To revert the later change, revert run {second}."
    ]
    assert bench.apply(reverting.plan).ok
    assert bench.clouds.things["list"] == {"members": ["bob"]}


def test_several_runs_are_reverted_together(bench: Bench) -> None:
    bench.clouds.things["list"] = {"members": ["ann"]}
    runs = [_applied(bench, Members("list", {"members": [name]})) for name in ("bob", "cem")]
    writes = [write for run in runs for write in bench.journal.writes(run)]
    reverting = plan_revert([Members("list")], writes, [], bench.clouds)
    assert bench.apply(reverting.plan).ok
    assert bench.clouds.things["list"] == {"members": ["ann"]}


def test_a_reverted_run_has_nothing_left_to_revert(bench: Bench) -> None:
    disk = Revertible("disk")
    run = _applied(bench, disk)
    assert bench.apply(_planned(bench, [disk], run).plan).ok
    again = _planned(bench, [disk], run)
    assert again.plan.empty
    assert again.left == ()


def test_a_kind_that_stays_is_reverted_only_on_request(bench: Bench) -> None:
    kept = Kept("api")
    run = _applied(bench, kept)
    reverting = _planned(bench, [kept], run)
    assert reverting.plan.empty
    assert [item.reason for item in reverting.left] == ["Others can use it."]
    assert _actions(_planned(bench, [kept], run, unless=lambda _: True)) == [("delete", "api")]


def test_a_write_whose_outcome_is_not_known_is_reverted_if_it_took_effect(bench: Bench) -> None:
    disk = Revertible("disk")
    run = bench.journal.begin("a killed run", "version: 1\n")
    bench.journal.before_write(run, Change(disk, None, disk.desired()))
    bench.journal.end(run, "interrupted")
    assert _planned(bench, [disk], run).plan.empty
    bench.clouds.things["disk"] = {"size": 1}
    assert _actions(_planned(bench, [disk], run)) == [("delete", "disk")]


def test_a_stale_revert_is_refused(bench: Bench) -> None:
    disk = Revertible("disk")
    run = _applied(bench, disk)
    reverting = _planned(bench, [disk], run)
    bench.clouds.things["disk"] = {"size": 7}
    result = bench.apply(reverting.plan)
    assert [failure.error.message for failure in result.failures] == [
        "thing disk has changed since the review: size was 1, and is now 7. Create a new plan."
    ]
    assert bench.clouds.things["disk"] == {"size": 7}


def test_a_resource_that_the_setup_no_longer_has_is_named(bench: Bench) -> None:
    run = _applied(bench, Revertible("disk"))
    reverting = _planned(bench, [], run)
    assert [(item.kind, item.name) for item in reverting.left] == [("thing", "disk")]


def test_a_kind_without_a_revert_says_so(bench: Bench) -> None:
    run = _applied(bench, Thing("disk"))
    result = bench.apply(_planned(bench, [Thing("disk")], run).plan)
    assert [failure.error.message for failure in result.failures] == ["the wizard cannot delete thing disk"]


def test_the_original_of_a_revert_is_the_resource(bench: Bench) -> None:
    disk = Revertible("disk")
    run = _applied(bench, disk)
    reverted = _planned(bench, [disk], run).plan.changes[0].resource
    assert original(reverted) is disk
    assert original(disk) is disk
    assert str(reverted) == "thing disk"


def test_the_revert_is_recorded_in_the_journal(bench: Bench) -> None:
    disk = Revertible("disk")
    run = _applied(bench, disk)
    result = bench.apply(_planned(bench, [disk], run).plan)
    assert result.run is not None
    assert [(write.action, write.name, write.outcome) for write in bench.journal.writes(result.run)] == [
        ("delete", "disk", "done")
    ]


def test_an_update_on_which_others_depend_is_left(bench: Bench) -> None:
    bench.clouds.things["disk"] = {"size": 5}
    needed: dict[str, list[str]] = {}
    disk = Shared("disk", needed=needed)
    run = _applied(bench, disk)
    reverting = _planned(bench, [disk], run)
    needed["disk"] = ["The machine web needs the size 1."]  # since the review
    result = bench.apply(reverting.plan)
    assert [failure.error.message for failure in result.failures] == ["The machine web needs the size 1."]
    assert bench.clouds.things["disk"] == {"size": 1}
    again = _planned(bench, [disk], run)
    assert again.plan.empty
    assert [item.reason for item in again.left] == ["The machine web needs the size 1."]


def test_who_loses_by_a_revert_is_shown_and_nobody_else_loses(bench: Bench) -> None:
    bench.clouds.things["disk"] = {"size": 5}
    lost = {"disk": ["web loses its place"]}
    disk = Shared("disk", lost=lost)
    run = _applied(bench, disk)
    reverting = _planned(bench, [disk], run)
    (change,) = reverting.plan.changes
    assert change.resource.losers(change) == ["web loses its place"]
    assert change.resource.impact(change) == "restarts disk"
    lost["disk"].append("mail loses its place")  # since the review
    result = bench.apply(reverting.plan)
    assert [failure.error.message for failure in result.failures] == [
        "the review did not show this loss: mail loses its place. Create a new plan."
    ]
    assert bench.clouds.things["disk"] == {"size": 1}


def test_what_others_lose_must_be_known(bench: Bench) -> None:
    bench.clouds.things["disk"] = {"size": 5}
    lost: dict[str, list[str]] = {}
    disk = Shared("disk", lost=lost)
    run = _applied(bench, disk)
    lost["refused"] = []
    reverting = _planned(bench, [disk], run)
    assert reverting.plan.empty
    (left,) = reverting.left
    assert left.reason.endswith("you cannot read the users")


def test_a_value_that_was_not_recorded_is_left_and_the_others_are_restored(bench: Bench) -> None:
    bench.clouds.things["disk"] = {"size": 5, "label": "(hidden)"}
    disk = Shared("disk", {"size": 1, "label": "ours"})
    run = _applied(bench, disk)
    reverting = _planned(bench, [disk], run)
    (left,) = reverting.left
    assert left.reason.startswith("The former value of label might be a secret")
    assert bench.apply(reverting.plan).ok
    assert bench.clouds.things["disk"] == {"size": 5, "label": "ours"}


def test_who_uses_what_stays_loses_what_the_revert_takes_from_it(bench: Bench) -> None:
    bench.clouds.things["list"] = {"members": []}
    members = Members("list", {"members": ["bob"]})
    disk = Revertible("disk", needs=(members,), users={"disk": ["The machine web uses it."]})
    run = _applied(bench, members, disk)
    reverting = _planned(bench, [members, disk], run)
    (change,) = reverting.plan.changes
    assert change.resource.losers(change) == [
        "the revert keeps thing disk, but the users of thing disk lose the access that the revert removes"
    ]
