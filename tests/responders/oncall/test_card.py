"""The card: what it says, and that nothing a stranger wrote gets out of it."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from responders.oncall.card import (
    IssueFacts,
    Quoted,
    make_card,
    ping_line,
    span,
    trend_blocks,
    usual_range,
)
from responders.oncall.cards.drawing import as_discord, as_lines
from tests.places.discord_webhook import too_long

unhurried = settings(deadline=None)  # a busy machine is no reason to fail

AT = datetime(2026, 5, 12, 9, 42, tzinfo=UTC)


KNOWN = IssueFacts(
    reference="GS-142",
    title="Saved routes vanish",
    state="new",
    severity="major",
    reason="7 posts by 7 people within 19 min; usual: 0.4",
    changed_at=AT,
    people=7,
    window_hours=19 / 60,
    usual=0.4,
)


def facts(**changed: Any) -> IssueFacts:
    return replace(KNOWN, **changed)


def test_the_ping_line_says_what_how_bad_how_many_and_compared_to_what() -> None:
    assert ping_line(facts()) == (
        "New, major: saved routes vanish. 7 people in 19 min, usual 0–2. GS-142."
    )


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"people": None}, "New, major: saved routes vanish. GS-142."),
        ({"people": 1, "usual": None, "window_hours": None},
         "New, major: saved routes vanish. 1 person. GS-142."),
        ({"title": "GPS is off"}, "New, major: GPS is off. 7 people in 19 min, usual 0–2. GS-142."),
        ({"flags": ["regression"], "people": None}, "Back, major: saved routes vanish. GS-142."),
        ({"title": "", "people": None}, "New, major: untitled. GS-142."),
    ],
)  # fmt: skip
def test_the_ping_line_leaves_out_what_is_not_known(changed: dict[str, object], line: str) -> None:
    assert ping_line(facts(**changed)) == line


@unhurried
@given(title=st.text(max_size=400))
def test_the_first_sixty_characters_carry_state_severity_and_title(title: str) -> None:
    line = ping_line(facts(title=title, severity="critical"))
    head, _, _ = line.partition(" 7 people")
    assert line.startswith("New, critical: ")
    assert len(head) <= 60


def test_the_card_follows_the_order_of_the_look() -> None:
    card = make_card(
        facts(
            trend=[0, 1, 2, 7],
            quotes=[Quoted("my watch is empty", "https://forum.example/p/1")],
            versions="6.2.0, Android",
            nearest_past="GS-118",
            next_word_at=datetime(2026, 5, 12, 12, 30, tzinfo=UTC),
            threads=17,
            threads_told=14,
            drafts_waiting=2,
            tried="restart, pair again",
            link="https://groundswell.example/console/issues/GS-142",
        )
    )
    assert as_lines(card).splitlines() == [
        "New, major: saved routes vanish. 7 people in 19 min, usual 0–2. GS-142.",
        "◌ New · Major · nobody has it yet",
        "Saved routes vanish",
        "7 posts by 7 people within 19 min; usual: 0.4",
        "posts per 15 min: ▁▂▃█ 7",
        "  “my watch is empty” https://forum.example/p/1",
        (
            "Versions: 6.2.0, Android · Nearest past: GS-118 · Next word: 12:30 UTC, 12 May"
            " · Threads told: 14 of 17 · Drafts waiting: 2 · Tried: restart, pair again"
        ),
        "https://groundswell.example/console/issues/GS-142",
        "GS-142 · alert 1 this week · changed 09:42 UTC, 12 May",
    ]


def test_the_embed_holds_the_same_with_six_inline_fields() -> None:
    drawn = as_discord(make_card(facts(versions="6.2", threads=3, trend=[1, 2])))
    (embed,) = drawn["embeds"]
    assert drawn["content"].startswith("New, major: saved routes vanish")
    assert [field["name"] for field in embed["fields"]] == ["Versions", "Threads told"]
    assert embed["author"] == {"name": "◌ New · Major · nobody has it yet"}
    assert embed["description"].splitlines()[1] == "Posts per 15 min: `▅█ 2`"
    assert embed["color"] == 0xA62B10
    assert "url" not in embed


@pytest.mark.parametrize(
    ("expected", "words"),
    [(0.01, "0"), (0.4, "0–2"), (6.0, "2–10"), (1000.0, "948–1052")],
)
def test_the_usual_range_holds_nineteen_of_twenty_on_either_side(
    expected: float, words: str
) -> None:
    assert usual_range(expected) == words


@unhurried
@given(expected=st.floats(0, 2000))
def test_the_usual_range_holds_the_expected_count(expected: float) -> None:
    ends = [int(end) for end in usual_range(expected).split("–")]
    assert ends[0] <= expected + 1
    assert ends[-1] >= expected - 1


@pytest.mark.parametrize(
    ("hours", "words"), [(0.001, "1 min"), (19 / 60, "19 min"), (3.2, "3 h"), (50, "2 days")]
)
def test_a_length_of_time_is_said_shortly(hours: float, words: str) -> None:
    assert span(hours) == words


@pytest.mark.parametrize(("counts", "drawn"), [([], None), ([5], None), ([0, 0], None)])
def test_a_trend_of_nothing_is_not_drawn(counts: list[int], drawn: str | None) -> None:
    assert trend_blocks(counts) == drawn


HOSTILE = st.one_of(
    st.text(max_size=600),
    st.sampled_from(
        [
            "@everyone look", "<@123> <@&9> <#5>", "[status](https://evil.example)", "`code` **b**",
            "```\nspill", "|| spoiler", "# heading", "> quote", "\u202egnp.exe", "\x1b[31mred",
            "a\nb\r\nc\u2028d", "\ud800", "💥" * 5000, "a\u0301" * 5000, "_" * 10_000,
            "@" * 10_000, "<" * 10_000, "mail me at jo@example.com", "[bold red]x[/]",
        ]
    ),
)  # fmt: skip


@unhurried
@given(title=HOSTILE, quotes=st.lists(HOSTILE, max_size=5), fact=HOSTILE, url=HOSTILE)
def test_whatever_strangers_write_the_card_fits_and_stays_inert(
    title: str, quotes: list[str], fact: str, url: str
) -> None:
    card = make_card(
        facts(
            title=title,
            reason=fact,
            versions=fact,
            nearest_past=fact,
            tried=fact,
            holder=fact,
            quotes=[Quoted(quote, url) for quote in quotes],
            trend=list(range(16)),
            link=url,
            next_word_at=AT,
            threads=9,
            drafts_waiting=3,
        )
    )
    drawn = as_discord(card)
    assert not too_long(drawn)
    assert drawn["embeds"][0]["author"]["name"]
    assert json.loads(json.dumps(drawn).encode()) == drawn
    lines = as_lines(card).splitlines()
    assert len(lines) <= 12
    assert all(line.isprintable() or "\u200d" in line or "\u200c" in line for line in lines)
    words = json.dumps(drawn, ensure_ascii=False)
    assert "@everyone" not in words
    assert "://evil.example" not in words
    assert "jo@example.com" not in as_lines(card)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<@123> and <@&9>", "\\<@\u200b123\\> and \\<@\u200b&9\\>"),
        ("[here](https://evil.example) now", r"\[here\]\(\[link\] now"),
        ("`x` **y** __z__ ~~w~~ ||v||", r"\`x\` \*\*y\*\* \_\_z\_\_ \~\~w\~\~ \|\|v\|\|"),
    ],
)
def test_markup_of_strangers_is_shown_and_does_nothing(text: str, shown: str) -> None:
    drawn = as_discord(make_card(facts(quotes=[Quoted(text)])))
    assert f"> “{shown}”" in drawn["embeds"][0]["description"]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "data:text/html,x", "https://ours.example@evil.example/",
        "//x.example",
        "https://ok.example/\r\nSet-Cookie: a=b", "https://ok.example/\\@evil.example",
        "ftp://x.example",
        "https://" + "x" * 400, "", None,
    ],
)  # fmt: skip
def test_only_honest_web_addresses_become_links(url: str | None) -> None:
    card = make_card(facts(quotes=[Quoted("it hangs", url)], link=url))
    assert (card.link, card.quotes[0].url) == (None, None)
