"""Threads that meet lightkube's models for the first time at the same moment."""

import subprocess
import sys

SCRIPT = """
import sys
import threading
from lightkube.core import decoders
from lightkube.resources.apps_v1 import Deployment
from lightkube.resources.core_v1 import Namespace, Node, Pod, ServiceAccount
from wizard.clouds.kubernetes_models import prepare

sys.setswitchinterval(1e-6)
kinds = [Deployment, Namespace, Node, Pod, ServiceAccount] * 3
together = threading.Barrier(len(kinds))

def first(kind):
    together.wait()
    prepare(kind)
    decoders.decode_list(b'{"items": []}', kind)

threads = [threading.Thread(target=first, args=(kind,)) for kind in kinds]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_first_decodings_side_by_side_do_not_end_the_process() -> None:
    """Without the preparation such processes end by SIGSEGV."""
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")
