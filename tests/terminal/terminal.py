"""A real terminal of a given size, in tmux on a socket of its own."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

import pytest

WAIT = 40.0
"""Seconds that a screen may take to show what is waited for, on a busy machine."""


class Terminal:
    """One tmux window that runs one command. A context manager: the window and all in it end with it."""

    def __init__(
        self, command: Sequence[str], width: int, height: int, environ: Mapping[str, str], folder: Path
    ) -> None:
        if shutil.which("tmux") is None:
            pytest.skip("tmux is not installed")
        self._socket = str(folder / "tmux")
        self._folder = folder
        self._command = command
        self._size = (width, height)
        inherited = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
        self._environ = {**inherited, **environ, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        self.exit_file = folder / "exit"

    def __enter__(self) -> Terminal:
        width, height = self._size
        script = self._folder / "run.sh"
        script.write_text(f"{shlex.join(self._command)}\necho $? >{self.exit_file}\nsleep 60\n", encoding="utf-8")
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", str(width), "-y", str(height), "sh", str(script))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            print("\n".join(self.screen().splitlines()))
        self._tmux("kill-server")

    def keys(self, *keys: str) -> None:
        """Press keys by tmux's names: `F8`, `Enter`, `C-q`, `Tab`, `Down`."""
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type a text, letter by letter."""
        self._tmux("send-keys", "-l", text)

    def click(self, column: int, row: int) -> None:
        """Press and release the left button there; both count from 0."""
        place = f"{column + 1};{row + 1}"
        self._tmux("send-keys", "-l", f"\x1b[<0;{place}M\x1b[<0;{place}m")

    def click_on(self, text: str) -> None:
        """Click into the middle of a text that the screen shows."""
        for row, line in enumerate(self.screen().splitlines()):
            padded = f"{line} "  # tmux leaves out the blanks at the end
            if text in padded:
                self.click(padded.index(text) + len(text) // 2, row)
                return
        raise AssertionError(f"{text!r} is not on the screen:\n{self.screen()}")

    def resize(self, width: int, height: int) -> None:
        """Change the window's size while the command runs."""
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    def screen(self) -> str:
        """What the window shows, without the blanks at the ends of its lines."""
        return self._tmux("capture-pane", "-p")

    def wait_for(self, *texts: str, without: str | None = None) -> str:
        """Wait until the screen shows all of the texts (and not `without`); the screen."""
        deadline = time.monotonic() + WAIT
        while time.monotonic() < deadline:
            screen = self.screen()
            if all(text in screen for text in texts) and (without is None or without not in screen):
                return screen
            time.sleep(0.05)
        raise AssertionError(f"waited for {texts} (without {without}); the screen shows\n{self.screen()}")

    def exit_code(self) -> int:
        """Wait for the command's end; its exit code."""
        deadline = time.monotonic() + WAIT
        while time.monotonic() < deadline:
            if self.exit_file.exists() and (text := self.exit_file.read_text(encoding="utf-8").strip()):
                return int(text)
            time.sleep(0.05)
        raise AssertionError(f"the command goes on; the screen shows\n{self.screen()}")

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-S", self._socket, *arguments]
        done = subprocess.run(command, env=self._environ, capture_output=True, text=True, timeout=20, check=False)
        return done.stdout
