"""The packages that only the sandbox cloud needs: the extra `demo`."""

from __future__ import annotations

from importlib.util import find_spec

from wizard.language import _
from wizard.setup.problems import BadInput

PACKAGES = ("aiohttp", "cryptography", "flask", "flask_cors", "moto")
"""The packages of the extra that nothing else installs."""

_MISSING = "the sandbox cloud needs packages that are not installed ({names}): run `pip install 'wif-wizard[demo]'`"


def require() -> None:
    """Raise BadInput unless everything that the sandbox cloud needs is installed."""
    missing = [name for name in PACKAGES if not _is_installed(name)]
    if missing:
        raise BadInput(_(_MISSING).format(names=", ".join(missing)))


def _is_installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ImportError:
        return False
