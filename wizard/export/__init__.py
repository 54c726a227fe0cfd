"""What an operator takes along: code and commands that follow from a setup, as text."""
