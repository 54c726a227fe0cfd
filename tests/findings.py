"""Writes the help pages of the doctor's findings: `make findings`."""

from pathlib import Path

from wizard.doctor import pages

FOLDER = Path(__file__).parents[1] / "assets" / "help" / "findings"


def write() -> None:
    """Write each page, and remove those that are no page any more."""
    FOLDER.mkdir(exist_ok=True)
    made = pages.pages()
    for file in FOLDER.glob("*.md"):
        if file.stem not in made:
            file.unlink()
    for name, text in made.items():
        (FOLDER / f"{name}.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
