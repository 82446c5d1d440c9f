"""Which posts the product's query takes, and what the operator reads when it is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import SettingsError
from listener.query import compile_query

TAKES = [
    ("", "anything at all"),
    ("fernsync", "FernSync crashes"),
    ("fernsync", "fernsync's tray"),
    ('"fern sync"', "the fern-sync app, the Fern  Sync app"),
    ("fern*", "fernsync"),
    ("upload sync", "sync: the upload hangs"),
    ("upload AND sync", "sync: the upload hangs"),
    ("upload OR sync", "sync hangs"),
    ("a OR b c", "a alone"),
    ("(a OR b) c", "b and c"),
    ("sync -job", "sync hangs"),
    ("sync NOT job", "sync hangs"),
    ("NOT (job OR hiring)", "sync hangs"),
    ("café", "the CAFE app"),
    ("同期", "アプリの同期が止まる"),
    ("C++", "the C++ library"),
]
LEAVES = [
    ("fernsync", "fernsyncing"),
    ("fern", "fernweh"),
    ('"fern sync"', "sync the fern"),
    ("upload sync", "the upload hangs"),
    ("(a OR b) c", "a alone"),
    ("sync -job", "a job: sync engineer"),
    ("sync NOT NOT job", "sync hangs"),
    ("a OR b c", "c alone"),
]


@pytest.mark.parametrize(("query", "text"), TAKES)
def test_a_query_takes(query: str, text: str) -> None:
    assert compile_query(query).matches(text)


@pytest.mark.parametrize(("query", "text"), LEAVES)
def test_a_query_leaves(query: str, text: str) -> None:
    assert not compile_query(query).matches(text)


ABOUT = [
    ("switched from Nimbusdrop to Fernsync, now it crashes", True),
    ("Nimbusdrop is down again", False),
    ("it crashes since the update", True),
    ("the plant called fern sync is dying", False),
]


@pytest.mark.parametrize(("text", "ours"), ABOUT)
def test_a_rival_s_post_is_not_ours_unless_it_names_us(text: str, ours: bool) -> None:
    query = compile_query("", names=["Fernsync"], ignore=["nimbusdrop", "plant"])
    assert query.about(text) is ours


def test_an_ignored_term_counts_where_nothing_names_the_product() -> None:
    assert not compile_query("", ignore=["rival"]).about("Rival is down")


def test_the_query_comes_before_the_names() -> None:
    assert not compile_query("crash", names=["Fernsync"]).about("Fernsync is nice")


WRONG = [
    ('"fern sync', "at character 1: this quote is never closed"),
    ("a (b OR c", 'at character 3: this "\\(" is never closed'),
    ("a b)", 'at character 4: this "\\)" closes nothing'),
    ("a OR", "at its end: a word or a phrase"),
    ("OR a", "at character 1: a word or a phrase"),
    ("a AND AND b", "at character 7: a word or a phrase"),
    ("()", "at character 2: a word or a phrase"),
    ("a ***", "at character 3: this holds no letter"),
    ("(" * 50 + "a" + ")" * 50, "nested deeper than 20"),
    ("NOT " * 50 + "a", "nested deeper than 20"),
    ("a " * 2000, "longer than 2000 characters"),
]


@pytest.mark.parametrize(("query", "message"), WRONG)
def test_a_wrong_query_names_the_place_and_the_remedy(query: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        compile_query(query)


@given(st.text(alphabet='ab()"- ANDORT', max_size=30), st.text(max_size=30))
def test_a_query_is_compiled_or_refused_and_never_breaks(query: str, text: str) -> None:
    try:
        compiled = compile_query(query)
    except SettingsError:
        return
    assert isinstance(compiled.about(text), bool)
