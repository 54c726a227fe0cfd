"""All questions, in the order in which they are asked."""

from __future__ import annotations

from wizard.modes.aws import google_questions as ask_google
from wizard.modes.aws import workload_questions as ask_aws
from wizard.modes.gke import questions as ask_gke
from wizard.setup.question import Mode, Question

QUESTIONS: tuple[Question, ...] = (*ask_aws.QUESTIONS, *ask_google.QUESTIONS)
"""What is asked of a workload on AWS, page by page, in plain words, with default, choices and check."""

BY_MODE: dict[Mode, tuple[Question, ...]] = {"aws": QUESTIONS, "gke": ask_gke.QUESTIONS}
"""The questions of each mode. One path means the same in both; its words may differ."""

_BY_PATH = {mode: {each.path: each for each in questions} for mode, questions in BY_MODE.items()}


def on_page(page: str) -> tuple[Question, ...]:
    """The questions of a page; none for a page that asks nothing."""
    return tuple(each for questions in BY_MODE.values() for each in questions if each.page == page)


def question(path: str, mode: Mode = "aws") -> Question:
    """The question with this path; KeyError when there is none in this mode."""
    return _BY_PATH[mode][path]
