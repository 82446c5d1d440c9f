"""Times on a Discord card: each reader's own clock, and nothing a stranger could forge."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from responders.oncall.card import IssueFacts, make_card
from responders.oncall.cards.drawing import as_discord, as_lines

AT = datetime(2026, 5, 12, 12, tzinfo=UTC)
FACTS = IssueFacts(
    reference="GS-1", title="It hangs", state="new", severity="major", reason="12 posts",
    changed_at=AT, first_seen_at=AT - timedelta(minutes=20),
    next_word_at=AT + timedelta(hours=4),
)  # fmt: skip


def test_times_are_told_by_each_readers_own_clock() -> None:
    (embed,) = as_discord(make_card(FACTS))["embeds"]
    assert "First seen <t:1778586000:f>, <t:1778586000:R>" in embed["description"].split("\n")
    assert embed["fields"] == [
        {"name": "Next word", "value": "<t:1778601600:t>, <t:1778601600:R>", "inline": True}
    ]


def test_where_there_is_no_such_markup_the_time_is_in_words() -> None:
    lines = as_lines(make_card(FACTS))
    assert "first seen 11:40 UTC, 12 May" in lines
    assert "Next word: 16:00 UTC, 12 May" in lines


def test_a_stranger_can_forge_no_time() -> None:
    forged = replace(FACTS, title="<t:0:R>", reason="<t:0:R>", versions="<t:0:R>", tried="<t:0:R>")
    drawn = as_discord(make_card(forged))
    (embed,) = drawn["embeds"]
    words = [drawn["content"], embed["title"], embed["description"]]
    words += [field["value"] for field in embed["fields"]]
    assert not any("<t:0" in text.replace("\\<", "") for text in words)


def test_the_same_card_looks_the_same_however_late_it_is_drawn() -> None:
    later = replace(FACTS, changed_at=AT + timedelta(hours=1))
    one, other = (as_discord(make_card(facts))["embeds"][0] for facts in (FACTS, later))
    assert {**one, "footer": None} == {**other, "footer": None}
