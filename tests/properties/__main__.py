"""Prints one line: the policies that were tried, and what went wrong. Exits 1 if anything did."""

from __future__ import annotations

import sys

from tests.properties.summary import policies


def main() -> int:
    """Try all properties."""
    result = policies()
    print(result.line)
    for text in result.examples[:20]:
        print(f"  {text}")
    return 0 if result.harmless else 1


if __name__ == "__main__":
    sys.exit(main())
