"""`python -m wizard`."""

from wizard.cli import program

program()
