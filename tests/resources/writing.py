"""One resource, compared with what is there, and written as the engine writes it."""

from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Resource


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
