"""The wizard's questions as data, and the answers to them.

Pages are made from these, so a new question needs no new screen. Nothing here loads pydantic, yaml, CEL or a cloud's
client before it is used.
"""

from wizard.setup.answers import Answers
from wizard.setup.every_question import QUESTIONS, on_page, question
from wizard.setup.question import Choice, Found, Question, Value

__all__ = ["QUESTIONS", "Answers", "Choice", "Found", "Question", "Value", "on_page", "question"]
