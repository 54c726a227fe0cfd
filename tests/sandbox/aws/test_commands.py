"""How a container goes, as far as the words of its command tell."""

import pytest

from wizard.sandbox.aws.commands import FOREVER, MOMENT, Course, course


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ([], None),
        (["python", "load.py"], None),
        (["sh", "-c", "python load.py"], None),
        (["sh", "-c", "echo $(curl example.com)"], None),
        (["sh", "-c", "echo 'unfinished"], None),
        (["sh", "-c", "env | grep x"], None),
        (["echo", "hello"], Course(MOMENT, 0)),
        (["true"], Course(MOMENT, 0)),
        (["false"], Course(MOMENT, 1)),
        (["sleep", "90"], Course(90.0)),
        (["sleep", "1.5m"], Course(90.0)),
        (["sleep", "infinity"], FOREVER),
        (["tail", "-f", "/dev/null"], FOREVER),
        (["sh", "-c", "echo start; sleep 5 && sleep 10\necho end"], Course(15.0)),
        (["bash", "-c", "exit 300"], Course(MOMENT, 44)),
        (["sh", "-c", "false; exit"], Course(MOMENT, 1)),
        (["sh", "-c", "false && exit 7"], Course(MOMENT, 1)),
        (["sh", "-c", "echo start; sleep infinity; false"], FOREVER),
        (["sh", "-c", "echo start; ./serve"], None),
    ],
)
def test_a_command_tells_its_course(command: list[str], expected: Course | None) -> None:
    assert course(command) == expected
