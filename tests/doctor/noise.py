"""What surrounds an error text that people paste: logs, stack traces, colours, and what JSON does to quotes."""

import html
import json
import textwrap
from collections.abc import Callable


def _log(text: str) -> str:
    return (
        "2026-11-25T09:59:58.101Z INFO  loader: starting version 1.4.2\n"
        f"2026-11-25T10:00:03.642Z ERROR loader: {text}\n"
        "2026-11-25T10:00:03.644Z INFO  loader: exiting with status 1\n"
    )


def _python(text: str) -> str:
    return (
        "Traceback (most recent call last):\n"
        '  File "/app/loader.py", line 31, in <module>\n    main()\n'
        '  File "/app/loader.py", line 12, in main\n    client.query("SELECT 1").result()\n'
        f"{text}\n\nThe above exception was the direct cause of the following exception:\n\n"
        "RuntimeError: the load failed\n"
    )


def _node(text: str) -> str:
    return (
        f"/app/node_modules/gaxios/build/src/gaxios.js:142\n            throw new Error(...)\n\n{text}\n"
        "    at Gaxios._request (/app/node_modules/gaxios/build/src/gaxios.js:142:23)\n"
        "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5) {\n"
        "  code: '400'\n}\n\nNode.js v22.11.0\n"
    )


def _go(text: str) -> str:
    quoted = json.dumps(text).replace("<", "\\u003c").replace(">", "\\u003e").replace("'", "\\u0027")
    return f'{{"level":"error","ts":1764064803.64,"caller":"loader/main.go:44","msg":"load failed","error":{quoted}}}\n'


def _go_panic(text: str) -> str:
    return f"panic: {text}\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/loader/main.go:44 +0x1d5\nexit status 2\n"


def _java(text: str) -> str:
    return (
        'Exception in thread "main" com.google.cloud.bigquery.BigQueryException: load failed\n'
        "\tat com.google.cloud.bigquery.spi.v2.HttpBigQueryRpc.translate(HttpBigQueryRpc.java:114)\n"
        f"Caused by: java.io.IOException: {text}\n"
        "\tat com.google.auth.oauth2.OAuth2Credentials.refresh(OAuth2Credentials.java:189)\n\t... 17 more\n"
    )


def _wrapped(text: str) -> str:
    return textwrap.indent(textwrap.fill(text, 60, break_long_words=False, break_on_hyphens=False), "    ")


def _cut_by_a_terminal(text: str) -> str:
    line = "ERROR loader: " + " ".join(text.split())
    return "\n".join(line[start : start + 80] for start in range(0, len(line), 80))


def _escaped(text: str) -> str:
    return json.dumps({"severity": "ERROR", "message": text})


def _escaped_twice(text: str) -> str:
    return json.dumps({"log": _escaped(text) + "\n", "stream": "stderr", "time": "2026-11-25T10:00:03.6Z"})


def _coloured(text: str) -> str:
    return f"\x1b[1m\x1b[31mERROR\x1b[0m \x1b[38;5;244mloader\x1b[0m: \x1b[31m{text}\x1b[0m\n"


def _kubernetes(text: str) -> str:
    lines = text.splitlines() or [text]
    return "".join(f"2026-11-25T10:00:03.642118442Z stderr F {line}\n" for line in lines)


def _terraform(text: str) -> str:
    lines = textwrap.wrap(f"Error: {text}", 70, break_long_words=False, break_on_hyphens=False)
    inside = "".join(f"│ {line}\n" for line in lines)
    return f"╷\n{inside}│\n│   with google_storage_bucket.data,\n│   on main.tf line 3, in resource:\n╵\n"


def _compose(text: str) -> str:
    lines = textwrap.wrap(text, 70, break_long_words=False, break_on_hyphens=False)
    return "".join(f"loader-1  | {line}\n" for line in lines)


def _mail(text: str) -> str:
    lines = textwrap.wrap(text, 70, break_long_words=False, break_on_hyphens=False)
    return "Hello, since today we get this:\n" + "".join(f"> {line}\n" for line in lines) + "Any idea?\n"


def _html(text: str) -> str:
    return f"<pre>{html.escape(text)}</pre>"


def _windows(text: str) -> str:
    return "C:\\app> loader.exe\r\n" + text.replace("\n", "\r\n") + "\r\nC:\\app>\r\n"


NOISE: dict[str, Callable[[str], str]] = {
    "alone": lambda text: text,
    "in a log": _log,
    "in a Python traceback": _python,
    "in a Node stack": _node,
    "in a Go log": _go,
    "in a Go panic": _go_panic,
    "in a Java stack": _java,
    "wrapped": _wrapped,
    "cut by a terminal": _cut_by_a_terminal,
    "escaped": _escaped,
    "escaped twice": _escaped_twice,
    "coloured": _coloured,
    "in a log of the cluster": _kubernetes,
    "from Terraform": _terraform,
    "from docker compose": _compose,
    "quoted in a mail": _mail,
    "in a web page": _html,
    "with line ends of Windows": _windows,
}
"""What surrounds a text -> how it looks then."""
