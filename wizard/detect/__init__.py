"""Defaults and live choices, each with where it came from: files and the environment, then the clouds themselves."""

from wizard.clouds.identity import Identity, account, aws_operator, google_operator
from wizard.clouds.project import project_number
from wizard.detect.lists import listing
from wizard.detect.live import Listing
from wizard.detect.machine import defaults

__all__ = [
    "Identity",
    "Listing",
    "account",
    "aws_operator",
    "defaults",
    "google_operator",
    "listing",
    "project_number",
]
