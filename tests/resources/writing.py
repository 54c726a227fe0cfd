"""One resource, compared with what is there, and written as the engine writes it."""

from wizard.clouds.session import Clouds
from wizard.engine.journal import Write
from wizard.engine.resource import Change, Operation, Resource, owned
from wizard.engine.revert import Reverting, plan_revert


def change_of(resource: Resource, clouds: Clouds) -> Change:
    """What has to be done about it now."""
    before = resource.read(clouds)
    return Change(resource, before, resource.desired_with(before))


def write(resource: Resource, clouds: Clouds) -> Change:
    """Make what has to be done so, once; answers the change."""
    change = change_of(resource, clouds)
    finish(resource.create(clouds) if change.action == "create" else resource.update(clouds, change))
    return change


def finish(operation: Operation | None) -> None:
    """Wait for an operation; in these sandboxes each takes no time at all."""
    assert operation is None or operation.poll()


def action(resource: Resource, clouds: Clouds) -> str:
    """What has to be done about it now, in one word."""
    return change_of(resource, clouds).action


def planned_revert(change: Change, clouds: Clouds) -> Reverting:
    """The plan that takes a change back, as the journal has the change."""
    resource, before = change.resource, owned(change.before, change.after)
    state = (before, change.after)
    written = Write("run", 1, *resource.identity, change.action, *state, "", None, "done", None, None)
    return plan_revert([resource], [written], [], clouds)


def revert(change: Change, clouds: Clouds) -> list[str]:
    """Take a change back, as the engine does it. Return why something was left."""
    planned = planned_revert(change, clouds)
    for each in planned.plan.pending:
        taken = each.resource
        finish(taken.delete(clouds) if each.action == "delete" else taken.update(clouds, each))
        assert Change(taken, taken.read(clouds), each.after).action == "none"
    return [item.reason for item in planned.left]
