"""The help pages of the findings are what the docstrings of the rules make."""

import re

import pytest
from rich.console import Console
from rich.markdown import Markdown

from tests.findings import FOLDER
from wizard.doctor import catalogue, pages
from wizard.work import diagnosis_text

PAGES = pages.pages()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_on_disk_is_the_one_of_the_docstrings(name: str) -> None:
    assert (FOLDER / f"{name}.md").read_text(encoding="utf-8") == PAGES[name], "run: make findings"


def test_there_are_no_other_pages() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == set(PAGES)


def test_every_rule_is_in_the_index_and_on_the_page_of_its_layer() -> None:
    codes = [rule.code for rule in catalogue.all_rules().values()]
    assert sorted(re.findall(r"^- \*\*(WIF\d{4})\*\* ", PAGES[pages.INDEX], re.MULTILINE)) == codes
    for rule in catalogue.all_rules().values():
        assert f"\n## {rule.code}\n" in PAGES[rule.layer]


def test_a_star_in_a_text_stays_a_star() -> None:
    console = Console(width=200)
    with console.capture() as captured:
        console.print(Markdown(PAGES["risk"]))
    assert "members that end with /*" in captured.get()
    assert "principalSet://.../POOL/* names every identity" in captured.get()


def test_a_command_is_printed_in_the_terminal_as_it_can_be_pasted() -> None:
    rule = catalogue.rule("WIF0302")
    assert rule is not None
    printed = "\n".join(diagnosis_text.page(rule))
    assert " --location=global \\\n      --show-deleted" in printed
