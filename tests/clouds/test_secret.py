"""Keys and tokens: shown by nobody, equal when they are, and said only when asked for."""

import json
import traceback

import pytest

from wizard.modes.gke.live.account import AccountFacts
from wizard.secret import Secret

TOKEN = "ya29.a-token-of-nobody"


def test_no_way_of_showing_it_shows_it() -> None:
    secret = Secret(TOKEN)
    shown = [repr(secret), str(secret), f"{secret}", f"{secret!r}", str([secret])]
    shown.append(repr(AccountFacts({}, secret)))
    try:
        raise ValueError(secret)
    except ValueError:
        shown.append(traceback.format_exc())
    assert not any(TOKEN in each for each in shown)
    with pytest.raises(TypeError):
        json.dumps(secret)


def test_what_is_shown_is_the_same_for_every_secret() -> None:
    """Not even its first letters, or its length."""
    one, other = Secret(TOKEN), Secret("x")
    assert (repr(one), str(one), f"{one}") == (repr(other), str(other), f"{other}")


def test_it_is_said_when_asked_for_and_compared_by_what_it_is() -> None:
    assert Secret(TOKEN).reveal() == TOKEN
    assert Secret(TOKEN) == Secret(TOKEN) != Secret("another")
    assert len({Secret(TOKEN), Secret(TOKEN)}) == 1
    assert Secret(TOKEN) != TOKEN
    assert Secret(TOKEN) and not Secret("")
