"""Products and sources from a file and back: idempotent, whole or not at all."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from config.database import make_engine, reading, transaction
from config.errors import SettingsError
from config.ground import Ground
from listener import store
from listener.tables import Product, Source, SourceState
from listener.watching import declaring
from listener.watching.declaring import Applied, Declaration, DeclaredProduct, DeclaredSource
from tests.conftest import NOON
from tests.listener.installation import rows, source

FILE = Path("products.toml")
TEXT = """
[[product]]
name = "fernsync"
aliases = ["fern sync"]
query = 'fernsync OR "fern sync"'
ignore = ["rival"]
speaker = "Ada"
languages = ["en", "de"]
staff = ["ada"]
bots = ["robo"]
"odd key" = 1
release = 2026-05-12T07:00:00Z
[product.policy]
tone = "calm"
limits = { replies = 3, ratio = 0.5, open = true }

[[source]]
name = "blog"
kind = "feed"
url = "https://blog.example/feed"
product = "fernsync"
credential = "blog"
reply = true
"""


def apply(ground: Ground, text: str) -> Applied:
    with transaction(ground.engine) as session:
        declared = _declared(ground, text)
        return declaring.apply(session, declared, file=FILE, now=NOON)


def export(ground: Ground) -> str:
    with reading(ground.engine) as session:
        return declaring.export(session)


def _declared(ground: Ground, text: str) -> Declaration:
    file = ground.settings.folder / FILE
    file.write_text(text, encoding="utf-8")
    return declaring.read_declaration(file)


def mistakes(ground: Ground, text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        apply(ground, text)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://forum.example.org/", "forum.example.org"),
        ("https://forum.example.org:8443/sub/feed?key=hidden#x", "forum.example.org:8443/sub/feed"),
        ("https://anna:hidden@social.example/@anna.rss", "social.example/@anna.rss"),
        ("posts/may#1?.jsonl", "posts/may#1?.jsonl"),
        ("https://?hidden", "source"),
    ],
)
def test_a_place_is_named_after_its_host_and_path(ground: Ground, url: str, name: str) -> None:
    with reading(ground.engine) as session:
        assert declaring.name_for(session, url) == name


def test_a_name_that_is_taken_gets_a_number(ground: Ground) -> None:
    apply(ground, TEXT.replace('name = "blog"', 'name = "blog.example/feed"'))

    with reading(ground.engine) as session:
        assert declaring.name_for(session, "https://blog.example/feed?2") == "blog.example/feed 2"


def test_what_is_declared_stands_in_the_store(ground: Ground) -> None:
    assert apply(ground, TEXT) == Applied(added=("fernsync", "blog"), changed=())

    (product,) = rows(ground, Product)
    assert product.languages == ["en", "de"]
    assert product.extra["policy"] == {
        "tone": "calm",
        "limits": {"replies": 3, "ratio": 0.5, "open": True},
    }
    assert source(ground).credential == "blog"
    assert source(ground).state is SourceState.NEW


def test_applying_a_file_again_changes_nothing(ground: Ground) -> None:
    apply(ground, TEXT)
    before = [row.model_dump() for table in (Product, Source) for row in rows(ground, table)]

    assert apply(ground, TEXT) == Applied((), ())
    after = [row.model_dump() for table in (Product, Source) for row in rows(ground, table)]
    assert after == before


def test_what_a_file_does_not_name_stays(ground: Ground) -> None:
    apply(ground, TEXT)

    applied = apply(ground, '[[product]]\nname = "other"\n')

    assert applied == Applied(("other",), ())
    assert len(rows(ground, Source)) == 1


def test_an_export_says_the_same_as_the_store(ground: Ground) -> None:
    apply(ground, TEXT)
    exported = export(ground)

    assert apply(ground, exported) == Applied((), ())
    assert export(ground) == exported


_words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)
_names = _words.filter(bool)
_extra = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | _words | st.floats(allow_nan=False, width=32),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words, inner, max_size=3),
    max_leaves=6,
)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    name=_names,
    words=st.lists(_words, max_size=3),
    extra=st.dictionaries(_names.map("x-{}".format), _extra, max_size=3),
    source_name=_names,
    url=_names,
)
def test_any_text_survives_export_and_apply(
    sqlite_template: bytes,
    tmp_path_factory: pytest.TempPathFactory,
    *,
    name: str,
    words: list[str],
    extra: dict[str, object],
    source_name: str,
    url: str,
) -> None:
    product = DeclaredProduct(name=name, aliases=words, staff=words, speaker="".join(words))
    product = DeclaredProduct.model_validate({**product.model_dump(), **extra})
    place = DeclaredSource(name=source_name, kind="feed", url=url, product=name)
    folder = tmp_path_factory.mktemp("export")
    (folder / "a.db").write_bytes(sqlite_template)
    engine = make_engine(f"sqlite:///{folder / 'a.db'}")
    with transaction(engine) as session:
        declared = Declaration(product=[product], source=[place])
        declaring.apply(session, declared, file=FILE, now=NOON)
    with transaction(engine) as session:
        (folder / "out.toml").write_text(declaring.export(session), encoding="utf-8", newline="")
        again = declaring.read_declaration(folder / "out.toml")

        assert declaring.apply(session, again, file=FILE, now=NOON) == Applied((), ())
    engine.dispose()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[[product]]\nname = ""', "[[product]] number 1: name: is too short or empty"),
        ('[[product]]\nname = "a"\naliases = "b"', 'aliases: write a list such as ["one", "two"]'),
        ("[[product]]\nname = 3", 'name: write a text in quotes such as "one"'),
        (
            '[[source]]\nulr = "u"',
            "[[source]] number 1: ulr: there is no such key; did you mean url?",
        ),
        ('[[source]]\nreply = "maybe"', "reply: write true or false"),
        ("[[source]]\n", "kind: is missing; add it"),
        ("product = 3", "[[product]]: write each as a table of its own: [[product]]"),
        ("[[sources]]\n", "[[sources]]: there is no such table; did you mean source?"),
    ],
)
def test_each_mistake_names_its_place_and_its_remedy(ground: Ground, text: str, line: str) -> None:
    assert any(line in told for told in mistakes(ground, text))


def test_every_mistake_is_told_at_once_and_nothing_is_changed(ground: Ground) -> None:
    text = """
[[product]]
name = "good"
[[product]]
name = "bad"
query = '(open'
[[product]]
name = "good"
[[source]]
name = "a"
kind = "telegraph"
url = "u"
product = "good"
[[source]]
name = "b"
kind = "feed"
url = "u"
product = "nobody"
[[source]]
name = "b"
kind = "feed"
url = "u"
product = "good"
"""
    lines = mistakes(ground, text)

    assert all(line.startswith(f"{FILE}: ") for line in lines)
    told = "\n".join(lines)
    assert "product bad: query" in told
    assert "product good: is declared 2 times" in told
    assert "source a: there is no kind telegraph; known are: " in told
    assert "source b: there is no product nobody; declare it with [[product]]" in told
    assert "source b: is declared 2 times" in told
    assert len(lines) == 5
    assert rows(ground, Product) == []
    assert rows(ground, Source) == []


def test_every_wrong_key_is_told_at_once_with_its_table(ground: Ground) -> None:
    text = (
        '[[product]]\nname = ""\nstaff = "ada"\n'
        '[[source]]\nname = "a"\nkind = "feed"\nurl = "u"\nproduct = "p"\nrepli = true\n'
        "[[sauce]]\nname = 1\n"
    )

    lines = mistakes(ground, text)

    assert [line for line in lines if "[[product]] number 1: name" in line]
    assert [line for line in lines if "[[product]] number 1: staff" in line]
    assert [line for line in lines if "[[source]] number 1: repli" in line]
    assert [line for line in lines if "[[sauce]]" in line]


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"[[product]", "not valid TOML"), (b"\xff\xfe", "not valid TOML"), (None, "cannot be read")],
)
def test_a_file_that_cannot_be_read_is_told(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    file = tmp_path / "products.toml"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(SettingsError, match=told):
        declaring.read_declaration(file)


def _heard(ground: Ground) -> None:
    with transaction(ground.engine) as session:
        row = store.source_named(session, "blog")
        assert row is not None
        row.cursor, row.state = {"etag": "x"}, SourceState.FAILING
        row.first_heard_at = row.next_due_at = row.retry_after_at = NOON
        session.add(row)


def test_another_address_is_read_from_its_beginning(ground: Ground) -> None:
    apply(ground, TEXT)
    _heard(ground)

    applied = apply(ground, TEXT.replace("blog.example/feed", "blog.example/other"))

    assert applied == Applied((), ("blog",))
    row = source(ground)
    assert row.cursor == {}
    assert row.state is SourceState.NEW
    assert (row.first_heard_at, row.next_due_at, row.retry_after_at) == (None, None, None)


def test_any_other_change_keeps_the_cursor(ground: Ground) -> None:
    apply(ground, TEXT)
    _heard(ground)

    apply(ground, TEXT.replace("reply = true", "reply = false"))

    assert source(ground).cursor == {"etag": "x"}
    assert source(ground).first_heard_at == NOON


def test_a_source_watched_again_goes_on_where_it_stopped_at_once(ground: Ground) -> None:
    apply(ground, TEXT)
    _heard(ground)
    apply(ground, TEXT + "enabled = false\n")
    assert not source(ground).enabled

    apply(ground, TEXT)

    row = source(ground)
    assert row.enabled
    assert (row.cursor, row.next_due_at, row.state) == ({"etag": "x"}, None, SourceState.NEW)


def test_a_source_named_like_anothers_address_is_another_source(ground: Ground) -> None:
    apply(ground, TEXT)

    apply(
        ground,
        '[[source]]\nname = "https://blog.example/feed"\nkind = "feed"\nurl = "https://x.example/"'
        '\nproduct = "fernsync"\n',
    )

    assert {row.name: row.url for row in rows(ground, Source)} == {
        "blog": "https://blog.example/feed",
        "https://blog.example/feed": "https://x.example/",
    }
