"""The type of JSON values, for every room of the sandbox."""

from typing import Any

JSON = Any
"""A JSON value, as `json.loads` returns it."""
