"""The committed catalogue is that of the sources, and its translations keep what must be kept."""

import ast
import gettext
import io
import subprocess
import sys
from functools import cache

import pytest

from tests.translations import checks, po, readme, sources, store
from tests.translations.po import Entry

pytestmark = pytest.mark.xdist_group("catalogue")  # one process reads all sources, once

HOW = "Run: make translations"


@cache
def committed() -> list[Entry]:
    return store.read()


def test_the_catalogue_has_every_sentence_and_no_other() -> None:
    needed, there = sources.messages(), {entry.msgid for entry in committed() if not entry.obsolete}
    assert sorted(set(needed) - there) == [], HOW
    assert sorted(there - set(needed)) == [], HOW


UNTRANSLATED = 0.02
"""The share of sentences that can lack a translation: a new English sentence must not wait for its translator."""


def test_nearly_every_sentence_is_translated() -> None:
    """`make translations` lists what is missing, and CONTRIBUTING.md tells how to add it."""
    missing = [entry.msgid for entry in store.untranslated(committed())]
    assert len(missing) <= UNTRANSLATED * len(sources.messages()), missing[:20]


def test_what_the_product_reads_is_made_from_the_catalogue() -> None:
    assert store.MO.read_bytes() == store.product(committed()), HOW


def test_the_readme_in_japanese_is_current() -> None:
    assert readme.FILE.read_text(encoding="utf-8") == readme.text(committed()), HOW


def test_every_translation_keeps_fields_code_and_the_words_of_the_clouds() -> None:
    done = [entry for entry in committed() if entry.done and not entry.obsolete]
    assert len(done) > 3000
    assert {entry.msgid: wrong for entry in done if (wrong := checks.problems(entry.msgid, entry.msgstr))} == {}


def test_no_sentence_is_translated_while_a_module_is_imported() -> None:
    """It would stay in the language of that moment."""
    program = (
        "import importlib, wizard.language as language\n"
        "from tests.translations import sources\n"
        "def fail(sentence): raise AssertionError(sentence)\n"
        "language._ = language.translated = language.prose_of = fail\n"
        "for name in sources.modules(): importlib.import_module(name)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=sources.ROOT, timeout=60
    )
    assert ended.returncode == 0, ended.stderr[-800:]


def of(source: str) -> list[str]:
    return list(sources.marked(ast.parse(source), "screens/page.py"))


def test_marked_texts_are_found_where_they_are_or_by_their_names() -> None:
    source = '_SAID = "one {name}"\n_("two")\n_(_SAID).format(name=1)\n_(_SAID if x else "three")'
    assert set(of(source)) == {"one {name}", "two", "three"}
    assert of('_STATES = {"a": "first", "b": "second"}\n_(_STATES[state])') == ["first", "second"]
    assert of('class Page:\n    title = "Review"\nBinding("x", "stop", "Stop", tooltip="Stop now")') == [
        "Review",
        "Stop",
        "Stop now",
    ]


@pytest.mark.parametrize("source", ['_(f"the {role}")', "_(text)", "_(reason_of(error))"])
def test_a_mark_whose_text_is_not_known_is_an_error(source: str) -> None:
    with pytest.raises(ValueError, match="a mark needs a text"):
        of(source)


def entries_of(*pairs: tuple[str, str]) -> list[Entry]:
    return [Entry(msgid, msgstr) for msgid, msgstr in pairs]


def test_gettext_reads_what_is_written() -> None:
    made = entries_of(("b {name}", "び {name}"), ('a "quoted"\nline', "引用\n行"), ("not yet", ""))
    catalogue = gettext.GNUTranslations(io.BytesIO(po.compiled(made)))
    assert catalogue.gettext("b {name}") == "び {name}"
    assert catalogue.gettext('a "quoted"\nline') == "引用\n行"
    assert catalogue.gettext("not yet") == "not yet"
    assert po.parse(po.text_of(made)) == made


CHANGED = "the provider {name} is disabled now"


def test_a_sentence_that_changes_keeps_its_translation_as_fuzzy() -> None:
    old = entries_of((CHANGED, "無効"), ("gone for good", "なし"))
    merged = store.merged(old, {"the provider {name} is disabled": ["a.py"]})
    fuzzy, *obsolete = merged
    assert (fuzzy.msgstr, fuzzy.fuzzy, fuzzy.previous) == ("無効", True, CHANGED)
    assert not fuzzy.done
    assert [entry.msgid for entry in obsolete if entry.obsolete] == [
        CHANGED,
        "gone for good",
    ]
    assert po.parse(po.text_of(merged)) == merged


def test_a_sentence_that_comes_back_has_its_translation_again() -> None:
    gone = store.merged(entries_of(("one", "一")), {"two": ["a.py"]})
    assert store.merged(gone, {"one": ["a.py"]})[0].msgstr == "一"


REFUSED = {
    "a field is lost": ("the role {role} is missing", "ロールがありません"),
    "a field is new": ("the role is missing", "ロール {role} がありません"),
    "code is lost": ("run `wif-wizard plan` first", "先に実行してください"),
    "a command is lost": ("test again with wif-wizard test", "もう一度テストしてください"),
    "an option is lost": ("add --strict to the command", "コマンドに追加してください"),
    "a role is lost": ("grant roles/iam.workloadIdentityUser to it", "権限を付与してください"),
    "a finding is another": ("this is the finding WIF0301", "これは WIF0302 です"),
    "a placeholder is lost": ("write projects/PROJECT instead", "代わりに projects/ を書いてください"),
    "a link leads elsewhere": ("see [the guide](a.md)", "[ガイド](b.md) を参照してください"),
    "a word of the clouds is translated": ("the attribute condition is false", "属性条件が false です"),
    "a command does not end the sentence": (
        "list the roles: gcloud iam roles list",
        "gcloud iam roles list で一覧表示",
    ),
    "bold would not close": ("this is **right**, then go on", "**正しい。**次へ進みます"),
    "it is still English": ("the wizard found no role", "the wizard found no role"),
    "it is empty": ("the role is missing", " "),
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_translation_is_refused(why: str) -> None:
    assert checks.problems(*REFUSED[why])


def test_a_good_translation_is_taken() -> None:
    english = "grant roles/viewer to {member} with `wif-wizard apply`, or run: gcloud projects list"
    japanese = "`wif-wizard apply` で {member} に roles/viewer を付与するか、次を実行してください: gcloud projects list"
    assert checks.problems(english, japanese) == []


def own_names(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Return the names that a function gives values to, or calls, as "_=" and "_()"."""
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(f"{node.id}=")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.add(f"{node.func.id}()")
    return found


def test_no_function_gives_another_value_to_the_name_that_it_translates_with() -> None:
    for room in sources.ROOMS:
        for file in (sources.ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    assert not {"_=", "_()"} <= own_names(node), f"{file}: {node.name}"
