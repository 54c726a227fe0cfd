"""Sentences about roles that members already have, for the plan and the live test."""

from __future__ import annotations

import re

from wizard.language import N_, _, translated
from wizard.phrases import moment
from wizard.resources.held import Condition, Held

_ELSEWHERE = "{member} already has {role}, through a grant on {on}. The wizard adds no grant."
_AS_OTHERS = "{member} already has {role}, through a grant to {to}. The wizard adds no grant."
_AS_OTHERS_ELSEWHERE = "{member} already has {role}, through a grant to {to} on {on}. The wizard adds no grant."
_UNDER_A_CONDITION = "{to} already has {role} under the condition {condition}. The wizard adds no permanent grant."
_INHERITED_CONDITION = (
    "{to} already has {role} on {on} under the condition {condition}. The wizard adds no permanent grant."
)
_NOT_IN_FORCE = "{to} has {role} only under the condition {condition}"
_NOT_IN_FORCE_THERE = "{to} has {role} on {on} only under the condition {condition}"
_EVIDENCE = "{to} has {role} on {on} under the condition {condition}"
_CONDITIONAL_MEMBER = N_('{member} (only under the condition "{title}": {expression})')
_IN_A_STATE = re.compile(r'(?P<member>\S+) \(only under the condition "(?P<title>.*)": (?P<expression>.*)\)')
_BESIDE = "The wizard adds a permanent grant of {role} to {member} in addition to the conditional grant."
_STALE = (
    "{member} is a deleted account. The grant of {role} to the deleted account does not apply to a new account "
    "of the same name."
)

_UNTITLED = "untitled"
_UNTIL = '"{title}" ({expression}; true until {changes})'
_FOREVER = '"{title}" ({expression}; true now, does not expire)'
_AT_TIMES = '"{title}" ({expression}; true now, but not always)'
_NOT_BEFORE = '"{title}" ({expression}; not true before {changes})'
_ENDED = '"{title}" ({expression}; expired)'
_NOT_NOW = '"{title}" ({expression}; not true now)'
_UNKNOWN = '"{title}" ({expression}; the wizard cannot tell whether the condition is true)'


def condition(found: Condition) -> str:
    """Return a condition by its title and expression, and when it holds."""
    holding = found.holding
    changes = moment(holding.changes) if holding.changes else ""
    return _template(found).format(title=found.title or _(_UNTITLED), expression=found.expression, changes=changes)


def _template(found: Condition) -> str:
    holding = found.holding
    if holding.now is None:
        return _(_UNKNOWN)
    if not holding.changes_known:
        return _(_AT_TIMES) if holding.now else _(_NOT_NOW)
    if holding.changes:
        return _(_UNTIL) if holding.now else _(_NOT_BEFORE)
    return _(_FOREVER) if holding.now else _(_ENDED)


def conditional_member(member: str, found: Condition) -> str:
    """Return a member with its condition, to show beside members without one. It is part of a state: in English."""
    title, expression = found.title or _UNTITLED, found.expression
    return _CONDITIONAL_MEMBER.format(member=member, title=title, expression=expression)


def shown_member(member: str) -> str:
    """Return a member of a state in the language that is spoken."""
    found = _IN_A_STATE.fullmatch(member)
    return translated(_CONDITIONAL_MEMBER).format(**found.groupdict()) if found else member


def in_place(held: Held) -> str | None:
    """Return how a role is in place; None if it is granted as the setup wants it."""
    if held.condition:
        template = _(_INHERITED_CONDITION) if held.on else _(_UNDER_A_CONDITION)
        return _filled(template, held)
    if held.direct:
        return None
    template = _(_AS_OTHERS) if not held.on else _(_ELSEWHERE) if held.to == held.member else _(_AS_OTHERS_ELSEWHERE)
    return template.format(member=held.member, role=held.role, to=held.to, on=held.on)


def not_in_force(held: Held) -> str:
    """Return under which condition a role is granted that does not hold, or of which that is not known."""
    template = _(_NOT_IN_FORCE_THERE) if held.on else _(_NOT_IN_FORCE)
    return _filled(template, held)


def evidence(held: Held) -> str:
    """Return under which condition a role is granted that was found to work."""
    return _filled(_(_EVIDENCE), held)


def _filled(template: str, held: Held) -> str:
    """Return a template of a conditional grant, filled in."""
    words = condition(held.condition) if held.condition else ""
    return template.format(to=held.to, role=held.role, on=held.on, condition=words)


def beside(role: str, member: str) -> str:
    """Return that a permanent grant is added beside a conditional one."""
    return _(_BESIDE).format(role=role, member=member)


def stale(role: str, member: str) -> str:
    """Return that a deleted member's grant does not count."""
    return _(_STALE).format(role=role, member=member)
