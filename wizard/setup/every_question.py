"""All questions, in the order in which they are asked."""

from __future__ import annotations

from wizard.setup import ask_aws, ask_google
from wizard.setup.question import Question

QUESTIONS: tuple[Question, ...] = (*ask_aws.QUESTIONS, *ask_google.QUESTIONS)
"""What is asked on which page, in plain words, with default, choices and check."""

_BY_PATH = {each.path: each for each in QUESTIONS}


def on_page(page: str) -> tuple[Question, ...]:
    """The questions of a page; none for a page that asks nothing."""
    return tuple(each for each in QUESTIONS if each.page == page)


def question(path: str) -> Question:
    """The question with this path; KeyError when there is none."""
    return _BY_PATH[path]
