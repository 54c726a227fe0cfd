"""What a translation keeps: fields, code, links, commands, placeholders, and the words of the clouds."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator

CLOUD_WORDS = (
    "AWS",
    "Google Cloud",
    "GKE",
    "EKS",
    "ECS",
    "EC2",
    "Fargate",
    "AWS Batch",
    "Lambda",
    "BigQuery",
    "Cloud Storage",
    "Pub/Sub",
    "Spanner",
    "Secret Manager",
    "Kubernetes",
    "Terraform",
    "Workload Identity Federation",
    "workload identity pool",
    "attribute mapping",
    "attribute condition",
    "task role",
    "execution role",
    "job role",
    "principalSet",
    "provider",
)
"""The names of products and the clouds' own words: they stay as they are, in any case and number."""

_FIELD = re.compile(r"(?<!\{)\{[A-Za-z_]\w*(?:![rs])?(?::[^{}]*)?\}")
_CODE = re.compile(r"`[^`]+`")
_LINK = re.compile(r"\]\([^)]*\)|https?://[!-\'*-~]*[!-\'*+\-/-9<-~]")
_MARKUP = re.compile(r"\[/?[a-z $-]*\](?!\()|\$[a-z]+")
_FINDING = re.compile(r"WIF\d{4}")
_CAPITALS = re.compile(r"(?<![A-Za-z0-9_])[A-Z][A-Z0-9_]{2,}(?![A-Za-z0-9_])")
_TOKEN = re.compile(r"[A-Za-z0-9_:/.@=*{}$<>-]+")
_TECHNICAL = re.compile(
    r"[a-z][A-Z]|[a-z0-9*}][_@=][a-z0-9A-Z*{]|[a-z0-9}]\.[a-z{]|^--[a-z]|[a-z]:[a-z]|[a-z.}]/[a-z{]"
)
_ORDINARY = ("and/or", "e.g", "i.e")
_BOLD = re.compile(r"\*\*(.+?)\*\*")


def problems(english: str, japanese: str) -> list[str]:
    """Return what is wrong with a translation, one sentence each; empty if it can be used."""
    return [problem for check in _CHECKS for problem in check(english, japanese)]


def _empty(english: str, japanese: str) -> Iterator[str]:
    if not japanese.strip():
        yield "is empty"
    if _blanks(english) != _blanks(japanese):
        yield "has other blanks at its beginning or its end"


def _blanks(text: str) -> tuple[int, int]:
    """Return the number of blanks before and behind a text."""
    return len(text) - len(text.lstrip()), len(text) - len(text.rstrip())


def _lines(english: str, japanese: str) -> Iterator[str]:
    if english.count("\n") != japanese.count("\n"):
        yield "has another number of lines"


def _fields(english: str, japanese: str) -> Iterator[str]:
    if set(_FIELD.findall(english)) != set(_FIELD.findall(japanese)):
        yield f"fields: {sorted(set(_FIELD.findall(english)))} became {sorted(set(_FIELD.findall(japanese)))}"


def _same(what: str, pattern: re.Pattern[str]) -> Callable[[str, str], Iterator[str]]:
    def check(english: str, japanese: str) -> Iterator[str]:
        before, after = Counter(pattern.findall(english)), Counter(pattern.findall(japanese))
        if set(before) != set(after):
            yield f"{what}: {sorted(before)} became {sorted(after)}"

    return check


def _capitals(english: str, japanese: str) -> Iterator[str]:
    missing = set(_CAPITALS.findall(english)) - set(_CAPITALS.findall(japanese))
    if missing:
        yield f"words in capitals are missing: {sorted(missing)}"


def _tokens(english: str, japanese: str) -> Iterator[str]:
    """Names of APIs, roles, files and options, and the program's own commands."""
    for token in _TOKEN.findall(_LINK.sub("", _FIELD.sub("{}", english))):
        bare = token.strip(".:,/{}<>")
        kept = any(form in _FIELD.sub("{}", japanese) for form in (bare, _singular(bare)))
        if _TECHNICAL.search(bare) and bare not in _ORDINARY and not kept:
            yield f"{bare} is missing"
    for command in re.findall(r"wif-wizard [a-z-]+(?= |$|[.,;:`)])", english):
        if command.split()[1] in _COMMANDS and command not in japanese:
            yield f"the command {command} is missing"


def _singular(token: str) -> str:
    """Return the name of a kind without the ending of its plural: NetworkPolicies is NetworkPolicy in Japanese."""
    return f"{token[:-3]}y" if token.endswith("ies") else re.sub(r"(?<=ss)es$|s$", "", token)


_COMMANDS = ("plan", "apply", "test", "doctor", "export", "sandbox", "demo", "revert", "resume", "runs", "probe")


def _words(english: str, japanese: str) -> Iterator[str]:
    english, japanese = english.lower(), japanese.lower()
    for word in CLOUD_WORDS:
        if re.search(rf"(?<![\w/-]){re.escape(word.lower())}s?(?![\w-])", english) and word.lower() not in japanese:
            yield f'the word "{word}" of the clouds is missing'


def _bold(english: str, japanese: str) -> Iterator[str]:
    """Markdown does not close bold text between a punctuation mark and a letter, as Japanese often has it."""
    if len(_BOLD.findall(english)) != len(_BOLD.findall(japanese)):
        yield "has another number of bold texts"
    for found in _BOLD.finditer(japanese):
        text, after = found[1], japanese[found.end() : found.end() + 1]
        before = japanese[: found.start()][-1:]
        if _is_mark(text[-1]) and after and not _is_mark(after) and not after.isspace():
            yield f"**{text}** ends with a mark: put the mark outside, or a blank behind"
        if _is_mark(text[0]) and before and not _is_mark(before) and not before.isspace():
            yield f"**{text}** begins with a mark: put the mark outside, or a blank before"


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter).startswith(("P", "S"))


def _commands_at_the_end(english: str, japanese: str) -> Iterator[str]:
    """A command stands alone at the end, after a colon and a blank, so that it can be copied."""
    own = "|".join(_COMMANDS)
    command = re.search(rf": ((?:gcloud|aws|kubectl|wif-wizard (?:{own})) [^.;]*|\{{\w+\}})$", english)
    if command and not japanese.endswith(command[0]):
        yield f'must end with "{command[0]}"'


def _is_japanese(english: str, japanese: str) -> Iterator[str]:
    if len(english.split()) > 3 and not re.search(r"[ぁ-んァ-ヶ一-龠]", japanese):
        yield "is not Japanese"


_CHECKS = (
    _empty,
    _lines,
    _fields,
    _same("code", _CODE),
    _same("links", _LINK),
    _same("markup", _MARKUP),
    _same("findings", _FINDING),
    _capitals,
    _tokens,
    _words,
    _bold,
    _commands_at_the_end,
    _is_japanese,
)
