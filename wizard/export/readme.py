"""The README of the folder for a pull request: what the folder changes, in which order, with which permissions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from wizard import __version__
from wizard.engine.resource import Change, Refused, is_deleted
from wizard.export import document, readme_texts
from wizard.export.ci import CI_GUIDE, WORKFLOW
from wizard.export.source import Source
from wizard.modes.opened import UNKNOWN_NUMBER, ExportedFile
from wizard.outside.text import one_line
from wizard.resources.grants import Grants
from wizard.resources.kind import Kind, Needed
from wizard.resources.operator_roles import role_for

README = "README.md"

_ACTIONS = {
    "create": "create",
    "update": "change",
    "undelete": "undelete",
    "delete": "delete",
    "none": "in place",
}
_OWN_NUMBER = ("apply.sh",)
"""The files that find the number of the project by themselves."""
_OTHER_ROLES = {"aws": "", "kubernetes": "roles/container.developer"}
_GRANT = "- {member} gets {role} on the {place}."
_ROW = "| {number} | {resource} | {action} | {who} |"
_EFFECT = "- {resource}: {text}"
_FILE = "| `{file}` | {title} |"
_PERMISSION = "| {who} | {permission} | {on} | {role} |"


def text(source: Source, listed: Sequence[ExportedFile], *, has_aws: bool) -> str:
    """Return the README of a folder with the files `listed`. `has_aws` is whether the workload runs in AWS."""
    paths = [file.file for file in listed]
    script = next((file.text for file in listed if file.file == "apply.sh"), "")
    changes = source.planned.changes or _all_to_be_made(source)
    has_manifests = any(path.startswith("manifests/") for path in paths)
    parts = [
        readme_texts.INTRODUCTION.format(
            title=document.escaped(one_line(source.unread.title)), version=__version__, file=one_line(source.file)
        ),
        *_unknown_number(listed),
        readme_texts.CHANGES.format(state=_state(source), grants="\n".join(_grants(source))),
        _effects(source, changes),
        readme_texts.WAYS.format(programs=_programs(script), manifests=readme_texts.KUSTOMIZE if has_manifests else ""),
        readme_texts.ORDER.format(steps="\n".join(_steps(changes)), after=_after(has_manifests)),
        readme_texts.PERMISSIONS.format(rows="\n".join(_permissions(changes))),
        _terraform(listed, changes),
        readme_texts.TEST.format(probe=readme_texts.PROBE if has_manifests else ""),
        readme_texts.BACK,
        readme_texts.CHECKS.format(workflow=WORKFLOW, guide=CI_GUIDE, aws=readme_texts.CI_AWS if has_aws else ""),
        readme_texts.REVIEW.format(
            condition=readme_texts.CONDITION_IN_CLUSTER if has_manifests else readme_texts.CONDITION_OUTSIDE
        ),
        readme_texts.FILES.format(
            rows="\n".join(_FILE.format(file=file.file, title=document.escaped(file.title)) for file in listed)
        ),
    ]
    return "\n".join(part for part in parts if part)


def _all_to_be_made(source: Source) -> list[Change]:
    """Return a change for each resource as if none existed, for a setup whose clouds could not be read."""
    found = []
    for resource in source.unread.resources():
        try:
            found.append(Change(resource, None, resource.desired()))
        except Refused:
            continue
    return found


def _unknown_number(listed: Sequence[ExportedFile]) -> Iterator[str]:
    unknown = [f"`{file.file}`" for file in listed if UNKNOWN_NUMBER in file.text and file.file not in _OWN_NUMBER]
    if unknown:
        yield readme_texts.NUMBER.format(files=", ".join(unknown))


def _state(source: Source) -> str:
    planned = source.planned
    if planned.unread:
        return readme_texts.STATE_UNKNOWN.format(reason=document.escaped(one_line(planned.unread)))
    return readme_texts.STATE.format(pending=planned.pending, count=len(planned.lines))


def _grants(source: Source) -> Iterator[str]:
    for resource in source.opened.resources():
        if not isinstance(resource, Grants):
            continue
        place = f"{resource.kind.removeprefix('roles on the ')} {resource.label}"
        for role, members in resource.grants.items():
            for member in members:
                yield _GRANT.format(member=f"`{one_line(member)}`", role=f"`{role}`", place=document.escaped(place))


def _effects(source: Source, changes: Sequence[Change]) -> str:
    """Return what the changes mean for others: impact on what runs, losses, and tools that own a resource."""
    if source.planned.unread:
        return readme_texts.EFFECTS_UNKNOWN
    lines: dict[str, None] = {}
    for change in changes:
        if change.action != "none":
            lines.update(dict.fromkeys(_effect(change)))
    return readme_texts.EFFECTS.format(lines="\n".join(lines) or readme_texts.NO_EFFECT)


def _effect(change: Change) -> Iterator[str]:
    resource = document.escaped(one_line(str(change.resource)))
    impact, owner = change.resource.impact(change), change.resource.owner(change)
    if impact:
        yield _EFFECT.format(resource=resource, text=document.escaped(one_line(impact)))
    for gain in change.resource.gains(change):
        yield readme_texts.GAIN.format(text=document.escaped(one_line(gain)))
    for loss in change.resource.losers(change):
        yield readme_texts.LOSS.format(text=document.escaped(one_line(loss)))
    if owner:
        place = document.escaped(one_line(owner.place))
        yield readme_texts.OWNED.format(resource=resource, tool=document.escaped(owner.tool), place=place)
    if isinstance(change.resource, Kind):
        for note in change.resource.notes(change):
            yield _EFFECT.format(resource=resource, text=document.escaped(one_line(note)))


def _programs(script: str) -> str:
    """Return the programs that the script looks for before it begins."""
    return ", ".join(sorted(set(re.findall(r"\bneed (\w+)", script))))


def _steps(changes: Sequence[Change]) -> Iterator[str]:
    for number, change in enumerate(changes, 1):
        resource = document.escaped(one_line(str(change.resource)))
        yield _ROW.format(number=number, resource=resource, action=_ACTIONS[change.action], who=_who(change))


def _who(change: Change) -> str:
    needed: list[Needed] = []
    if isinstance(change.resource, Kind):
        made = change if change.action != "none" else replace(change, before=None)
        needed = change.resource.permissions(made)
    return _person(needed[0]) if needed else readme_texts.APPLICATION_TEAM


def _person(needed: Needed) -> str:
    if needed.cloud == "google":
        is_cluster = needed.permission.startswith("container.")
        return readme_texts.CLUSTER_ADMINISTRATOR if is_cluster else readme_texts.GOOGLE_ADMINISTRATOR
    if needed.cloud == "aws":
        return readme_texts.AWS_ADMINISTRATOR
    is_patch = needed.permission.startswith("patch ")
    return readme_texts.APPLICATION_TEAM if is_patch else readme_texts.CLUSTER_ADMINISTRATOR


def _after(has_manifests: bool) -> str:
    return readme_texts.AFTER_IN_CLUSTER if has_manifests else readme_texts.AFTER_OUTSIDE


def _permissions(changes: Sequence[Change]) -> Iterator[str]:
    rows: dict[str, None] = {}
    for change in changes:
        if change.action == "none" or not isinstance(change.resource, Kind):
            continue
        for needed in change.resource.permissions(change):
            role = role_for(needed.permission) if needed.cloud == "google" else _OTHER_ROLES[needed.cloud]
            on = document.escaped(one_line(needed.on))
            role_text = f"`{role}`" if role else ""
            who, permission = _person(needed), f"`{needed.permission}`"
            rows[_PERMISSION.format(who=who, permission=permission, on=on, role=role_text)] = None
    yield from sorted(rows) or ["| | no permission is needed: everything is in place | | |"]


def _terraform(listed: Sequence[ExportedFile], changes: Sequence[Change]) -> str:
    texts = {file.file: file.text for file in listed if file.file.startswith("terraform/")}
    module = "\n".join(texts.values())
    created = re.findall(r'^resource "(\w+)" "(\w+)"', module, re.MULTILINE)
    read = re.findall(r'^data "(\w+)" "(\w+)"', module, re.MULTILINE)
    imports = re.findall(r"^import \{\n  to = (.+)$", module, re.MULTILINE)
    return readme_texts.TERRAFORM.format(
        created=_addresses(".".join(found) for found in created),
        imported=_addresses(imports),
        read=_addresses(f"data.{kind}.{name}" for kind, name in read),
        lines=_files_with_lines(texts),
        state=readme_texts.STATE_WITH_TOKEN if "google_client_config" in module else readme_texts.STATE_WITHOUT_SECRET,
        tags=readme_texts.AWS_TAGS if "terraform/aws.tf" in texts else "",
        existing=_existing(changes) if not imports else "",
    )


def _addresses(addresses: Iterator[str] | Sequence[str]) -> str:
    return ", ".join(f"`{address}`" for address in addresses) or "nothing"


def _files_with_lines(texts: dict[str, str]) -> str:
    """Return the files with lines, as comments, that belong to the configuration of another state."""
    found = [file for file, content in texts.items() if re.search(r"^# Add ", content, re.MULTILINE)]
    return ", ".join(f"`{file}`" for file in found) or "nothing"


def _existing(changes: Sequence[Change]) -> str:
    """Return the objects that exist, but that the module creates, since nothing says who made them."""
    found = [
        one_line(str(change.resource))
        for change in changes
        if change.before is not None and not is_deleted(change.before) and change.resource.kind in readme_texts.CREATED
    ]
    return readme_texts.EXISTING.format(names=document.escaped(", ".join(found))) if found else ""
