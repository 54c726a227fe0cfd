"""What a printed probe wrote in the workload: read from a file or a log, and checked before anything is made of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from wizard.chain.hop import Hop, Outcome, Progress, parse_line
from wizard.chain.probe import FORMAT
from wizard.language import _
from wizard.outside.text import visible
from wizard.phrases import duration
from wizard.setup.problems import BadInput

Json = dict[str, Any]

_RECORD = re.compile(r'\{\\*"(?:probe|hop)\\*"')
"""The beginning of a line of the probe, perhaps as part of a JSON text, as the aws command and Docker show logs."""
_JSON_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')

_NO_OUTPUT = (
    "{source} does not contain the output of a probe script. Print the script with `wif-wizard probe SETUP.yaml > "
    "probe.py`, run `python3 -I -S probe.py` in the workload, and save the output"
)
_CUT = (
    "the probe's output in {source} is cut off after the step {last}, or the probe was stopped; run the probe again, "
    "and save the whole output"
)
_CUT_AT_ONCE = "the output in {source} is cut off before the first step, or the probe was stopped; run the probe again"
_DAMAGED = "line {line} of {source} is damaged: the probe prints lines in a different format; save the output again"
_OTHER_FORMAT = (
    "the probe's output in {source} has format {found}, but this version of wif-wizard reads format {known}: print "
    "the script with this version, and run it again"
)
_OTHER_WORKLOAD = (
    "the probe's output in {source} is from a different kind of workload ({hop}): run the command with the setup file "
    "of that workload"
)

_OTHER_SETUP = "the probe's output in {source} is for a different setup: {theirs}, not {ours}"

_AGE = "the probe ran {age} ago, at {time}"
_OLD = "the output of the probe is {age} old: the result shows the setup's state when the probe ran"
_AHEAD = "the clock of the workload is {age} ahead of the clock of this machine"
_RUNS = "the output contains {count} runs of the probe. The result shows the last run"
_ONE_HOUR, _FIVE_MINUTES = 3600.0, 300.0


@dataclass(frozen=True)
class Recording:
    """One run of a printed probe. `records` are its lines in their order, of known types and without secrets."""

    source: str
    time: datetime
    header: Json
    records: tuple[Json, ...]
    runs: int = 1

    def reported(self, hops: tuple[Hop, ...]) -> Iterator[Outcome | Progress]:
        """Yield what the probe reported about `hops`. Raises BadInput for other hops, and if one is missing."""
        known = {hop.id for hop in hops}
        found = [record["hop"] for record in self.records]
        for name in found:
            if name not in known:
                raise BadInput(_(_OTHER_WORKLOAD).format(source=self.source, hop=name))
        ended = [record["hop"] for record in self.records if record["status"] not in ("settling", "waiting")]
        missing = [hop for hop in hops if hop.id not in ended]
        if missing:
            template = _(_CUT) if ended else _(_CUT_AT_ONCE)
            raise BadInput(template.format(source=self.source, last=ended[-1] if ended else ""))
        for record in self.records:
            yield parse_line(json.dumps(record), hops)

    def has(self, hop: Hop) -> bool:
        """Return whether the probe reported anything about a hop."""
        return any(record["hop"] == hop.id for record in self.records)

    def check_workload(self, title: str) -> None:
        """Raise BadInput if the probe was printed for another workload; one without a setup is for any."""
        other = self.header.get("workload")
        if other and other != visible(title):
            raise BadInput(_(_OTHER_SETUP).format(source=self.source, theirs=other, ours=title))

    def evidence(self, now: datetime) -> list[str]:
        """Return when the probe ran, as sentences."""
        age = (now - self.time).total_seconds()
        lines = [_(_AGE).format(age=duration(max(age, 0.0)), time=self.time.isoformat())]
        return [*lines, *([_(_RUNS).format(count=self.runs)] if self.runs > 1 else [])]

    def notes(self, now: datetime) -> tuple[str, ...]:
        """Return what is worth knowing about the time of the output, as sentences."""
        age = (now - self.time).total_seconds()
        if age > _ONE_HOUR:
            return (_(_OLD).format(age=duration(age)),)
        return (_(_AHEAD).format(age=duration(-age)),) if age < -_FIVE_MINUTES else ()


def read(text: str, source: str) -> Recording:
    """Return the last run of a probe in a text. `source` names the text. Raises BadInput with one sentence."""
    runs: list[list[Json]] = []
    damaged = 0
    for number, line in enumerate(text.splitlines(), 1):
        for record in _records(line):
            if record is None:
                damaged = damaged or number
            elif "probe" in record:
                runs.append([record])
                damaged = 0  # only the last run is used
            elif runs:
                runs[-1].append(record)
    if damaged:
        raise BadInput(_(_DAMAGED).format(source=source, line=damaged))
    if not runs:
        raise BadInput(_(_NO_OUTPUT).format(source=source))
    header, *records = runs[-1]
    if header["probe"] != FORMAT:
        raise BadInput(_(_OTHER_FORMAT).format(source=source, found=str(header["probe"])[:20], known=FORMAT))
    return Recording(source, _time(header, source), header, tuple(records), len(runs))


def _records(line: str) -> Iterator[Json | None]:
    """Yield the probe's record in a line, whatever is before and after it; None if the record is damaged."""
    start = _RECORD.search(line)
    if start is None:
        return
    if "\\" in start.group():
        texts = (found.group() for found in _JSON_TEXT.finditer(line) if _RECORD.search(found.group()))
        inner = next(texts, None)
        if inner is None:
            yield None
            return
        yield from _records(json.loads(inner))
        return
    try:
        record, _ = json.JSONDecoder().raw_decode(line, start.start())
    except (ValueError, RecursionError):
        yield None
        return
    yield _checked(record)


def _checked(record: Json) -> Json | None:
    """Return a record with its texts made visible; None if it does not have the form of the probe's records."""
    form = _HEADER if "probe" in record else _LINE
    if not all(check(record.get(key)) for key, check in form.items()):
        return None
    received = _RECEIVED.get(str(record.get("hop")), {}) if record.get("status") == "ok" else {}
    if not all(check(record["received"].get(key)) for key, check in received.items()):
        return None
    shown: Json = _visible(record)
    return shown


def _time(header: Json, source: str) -> datetime:
    try:
        return datetime.strptime(header["time"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise BadInput(_(_DAMAGED).format(source=source, line=1)) from error


def _visible(value: Any) -> Any:
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {visible(key): _visible(item) for key, item in value.items()}
    return [_visible(item) for item in value] if isinstance(value, list) else value


def _text(value: object) -> bool:
    return isinstance(value, str)


def _object(value: object) -> bool:
    return isinstance(value, dict)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _error(value: object) -> bool:
    return value is None or (isinstance(value, dict) and value.keys() == {"code", "message"} and _all_texts(value))


def _permissions(value: object) -> bool:
    if not isinstance(value, list):
        return False
    return all(
        isinstance(each, dict) and each.keys() == {"project", "permission"} and _all_texts(each) for each in value
    )


def _all_texts(value: Mapping[str, object]) -> bool:
    return all(isinstance(item, str) for item in value.values())


def _one_of(*values: str) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and value in values


def _optional(check: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: value is None or check(value)


Form = Mapping[str, Callable[[object], bool]]

_HEADER: Form = {"probe": _number, "time": _text, "workload": _optional(_text)}
_LINE: Form = {
    "hop": _text,
    "status": _one_of("ok", "failed", "skipped", "not_proven", "settling", "waiting"),
    "elapsed": _number,
    "sent": _object,
    "received": _object,
    "evidence": _texts,
    "error": _error,
    "age": _optional(_number),
}
_RECEIVED: Mapping[str, Form] = {
    "aws-credentials": {"source": _text, "google_auth": _object},
    "subject-token": {"iss": _text, "sub": _text},
    "caller-identity": {"account": _text, "arn": _text, "userid": _text},
    "permission": dict.fromkeys(("held", "missing", "untestable"), _permissions),
    "network": {"hosts": lambda value: isinstance(value, list) and all(isinstance(each, dict) for each in value)},
}
"""What a step that passed has received, as far as the live test uses it."""


def asked(records: Iterable[Json]) -> dict[str, frozenset[str]]:
    """Return the permissions that the probe tested, by project."""
    tested: dict[str, frozenset[str]] = {}
    for record in records:
        for key in ("held", "missing", "untestable"):
            for each in record["received"].get(key) or () if record["hop"] == "permission" else ():
                tested[each["project"]] = tested.get(each["project"], frozenset()) | {each["permission"]}
    return tested
