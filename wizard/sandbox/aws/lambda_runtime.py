"""The runtime of a Lambda function: `python lambda_runtime.py FOLDER HANDLER ANSWER`, the event on the environment.

It imports the handler (MODULE.FUNCTION) from the folder of the deployment package, calls it with the event in
_SANDBOX_EVENT (JSON), and writes {"answer": ...} or {"error": ...} to the file ANSWER. It needs the standard library
only. Source: AWS Lambda developer guide, "Define Lambda function handler in Python".
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from pathlib import Path

EVENT = "_SANDBOX_EVENT"


class Context:
    """What a handler gets beside the event."""

    def __init__(self, event_id: str) -> None:
        self.aws_request_id = event_id
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]


def main(folder: str, handler: str, answer: str) -> None:
    """Call the handler once."""
    event = json.loads(os.environ.pop(EVENT))
    sys.path.insert(0, folder)
    module, _, function = handler.rpartition(".")
    try:
        result = getattr(importlib.import_module(module), function)(event["event"], Context(event["id"]))
        text = json.dumps({"answer": result})
    except Exception as error:  # noqa: BLE001 (what a function raises is the answer of its invocation)
        described = {
            "errorMessage": str(error),
            "errorType": type(error).__name__,
            "stackTrace": traceback.format_tb(error.__traceback__),
        }
        text = json.dumps({"error": described})
        traceback.print_exc()
    Path(answer).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
