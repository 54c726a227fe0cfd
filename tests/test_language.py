"""Which language is spoken, and what stays in English."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from wizard import columns, language
from wizard.commands import help_text
from wizard.commands.parser import BadUsage, parser
from wizard.engine.journal import Temporary
from wizard.language import _, in_english
from wizard.resources import pool_users
from wizard.work.runs import left_text

CAUSE = "The provider's attribute condition rejects the workload."


@pytest.fixture
def japanese() -> Iterator[None]:
    with language.speaking("ja"):
        yield


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "en"),
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja"}, "ja"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "jam_JM.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_MESSAGES": "ja_JP.UTF-8", "LANG": "en_US.UTF-8"}, "ja"),
        ({"LC_ALL": "C", "LC_MESSAGES": "ja_JP.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "ja_JP.eucJP"}, "ja"),
    ],
)
def test_the_locale_chooses_the_language(variables: dict[str, str], expected: str) -> None:
    assert language.of_environment(variables) == expected


@pytest.mark.usefixtures("japanese")
def test_a_sentence_is_translated_and_then_filled() -> None:
    said = _("the API {service} is disabled in project {number}").format(service="sts.googleapis.com", number=1)
    assert "sts.googleapis.com" in said
    assert "無効" in said


@pytest.mark.usefixtures("japanese")
def test_a_sentence_without_a_translation_stays_in_english_as_a_whole() -> None:
    assert language.translated("no catalogue has this sentence") == "no catalogue has this sentence"
    assert language.translated("") == ""
    text = "# Heading of nobody\n\nA paragraph of\nnobody.\n\n    code\n"
    assert language.prose_of(text) == text.rstrip("\n")


def test_english_is_spoken_unless_someone_asks() -> None:
    assert language.translated(CAUSE) == CAUSE
    with language.speaking("ja"):
        assert language.translated(CAUSE) != CAUSE
    assert language.translated(CAUSE) == CAUSE


def explain(*options: str, **variables: str) -> str:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("LC_")}
    environ |= {"LANG": "C.UTF-8", "PYTHONIOENCODING": "utf-8"} | variables
    command = [sys.executable, "-m", "wizard", "doctor", "--explain", "WIF0301", *options]
    ended = subprocess.run(command, capture_output=True, env=environ, timeout=60, check=True)
    return ended.stdout.decode(environ["PYTHONIOENCODING"])


def test_the_doctor_explains_in_the_language_of_the_locale_or_of_the_option() -> None:
    assert CAUSE in explain()
    assert CAUSE in explain("--lang", "en", LANG="ja_JP.UTF-8")
    for spoken in (explain("--lang", "ja"), explain(LANG="ja_JP.UTF-8")):
        assert CAUSE not in spoken
        assert "attribute condition" in spoken
        assert "gcloud iam workload-identity-pools providers describe PROVIDER" in spoken


def test_what_programs_read_is_in_english() -> None:
    explained = json.loads(explain("--json", LANG="ja_JP.UTF-8"))["explanation"]
    assert explained["title"] == CAUSE


def test_an_output_that_cannot_show_japanese_gets_english() -> None:
    assert CAUSE in explain(LANG="ja_JP.UTF-8", PYTHONIOENCODING="latin-1")


def test_a_demo_which_starts_itself_again_speaks_on_in_its_language() -> None:
    command = [sys.executable, "-m", "wizard", "demo", "--lang", "ja"]
    environ = os.environ | {"LANG": "C.UTF-8", "PYTHONIOENCODING": "utf-8"}
    ended = subprocess.run(command, capture_output=True, env=environ, stdin=subprocess.DEVNULL, timeout=120, check=True)
    assert "attribute condition は true です" in ended.stdout.decode()


@pytest.mark.usefixtures("japanese")
def test_a_filled_translation_knows_its_english_with_what_it_was_filled() -> None:
    inner = _("cluster {cluster}").format(cluster="payments")
    outer = _("timed out after {seconds} s: {problem}").format(seconds=5, problem=inner)
    assert "クラスター payments" in outer
    assert in_english(outer) == "timed out after 5 s: cluster payments"
    assert in_english("words of nobody") == "words of nobody"


@pytest.mark.usefixtures("japanese")
@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("秘密鍵", "このファイルの内容は秘密鍵です"),
        ("JSON", "このファイルの内容は JSON です"),
        ("秘密の 鍵", "このファイルの内容は秘密の 鍵です"),
        ("鍵 1", "このファイルの内容は鍵 1 です"),
    ],
)
def test_no_blank_stays_between_japanese_and_a_japanese_word_that_fills_it(title: str, said: str) -> None:
    assert _("the file contains {title}").format(title=title) == said


@pytest.mark.usefixtures("japanese")
@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("pool", "削除したプールは"),
        ("provider", "削除した provider は"),
        ("service account", "削除したサービスアカウントは"),
    ],
)
def test_what_can_be_undeleted_has_its_name_in_the_language(what: str, said: str) -> None:
    assert pool_users.undeletable(what).startswith(said)


@pytest.mark.usefixtures("japanese")
@pytest.mark.parametrize(("kind", "said"), [("one-off job", "一時ジョブ wif-1"), ("one-off task", "一時タスク wif-1")])
def test_what_a_killed_test_left_has_its_kind_in_the_language(kind: str, said: str) -> None:
    assert said in left_text(Temporary("1", "2026-11-30", kind, "wif-1", {}))


def help_of(command: str) -> str:
    whole = parser("sandbox", "serve-credentials")
    chosen = next(action for action in whole._actions if isinstance(action.choices, dict))
    assert isinstance(chosen.choices, dict)
    return str(chosen.choices[command].format_help())


def test_the_help_of_a_command_is_in_the_language_and_in_its_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    english = help_of("doctor")
    assert "usage: wif-wizard doctor" in english
    with language.speaking("ja"):
        japanese = help_of("doctor")
    for said in (
        "使用法: wif-wizard doctor",
        "引数:",
        "オプション:",
        "例:",
        "--explain CODE",
        "検出結果のヘルプページを表示",
    ):
        assert said in japanese
    assert "find out" not in japanese
    lines = [line for line in japanese.splitlines() if " # " not in line]
    assert max(map(columns.cells, lines)) <= 80
    options = [line.split()[0] for line in english.splitlines() if line.startswith("  -")]
    assert options == [line.split()[0] for line in japanese.splitlines() if line.startswith("  -")]


@pytest.mark.usefixtures("japanese")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["plan"], "次の引数が必要です: SETUP.yaml|DIR"),
        (["runs", "--nope"], "認識できない引数です: --nope"),
        (["plan", "a.yaml", "--only", "azure"], "引数 --only: 'azure' は無効です"),
        (["test", "a.yaml", "--wait"], "引数 --wait: 値を 1 つ指定してください"),
    ],
)
def test_what_argparse_says_about_arguments_is_translated(arguments: list[str], said: str) -> None:
    with pytest.raises(BadUsage, match="wif-wizard") as refused:
        parser().parse_args(arguments)
    assert said in str(refused.value)
    assert refused.value.usage.startswith(help_text.usage_prefix())
