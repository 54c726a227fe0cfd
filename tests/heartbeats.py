"""What commands print while they wait, which a busy machine adds to any output."""


def without_heartbeats(text: str) -> str:
    """Return an output without the lines that only say that the command still waits."""
    return "".join(line for line in text.splitlines(keepends=True) if "still waiting" not in line)
