"""The probe as one file to copy: the probe's own text, with a request in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from wizard.chain.probing import PROBE

_NO_REQUEST = "REQUEST: str | None = None\n"
_HEAD = """\
#!/usr/bin/env python3
# Printed by wif-wizard. This file has no secrets, needs Python 3.8 or newer, and installs nothing.
# Run the file in the workload:
#     python3 -I -S probe.py > output.txt
# Then read the output on the machine that has wif-wizard:
#     wif-wizard test SETUP.yaml --from-output output.txt
"""


def printed(request: Mapping[str, Any]) -> str:
    """Return the text of a Python file that runs the probe with this request, and without any other input."""
    text = PROBE.read_text(encoding="utf-8")
    assert text.count(_NO_REQUEST) == 1
    carried = f"REQUEST: str | None = {json.dumps(dict(request), ensure_ascii=True)!r}\n"
    return _HEAD + text.replace(_NO_REQUEST, carried)
