"""The card in words alone."""

from datetime import UTC, datetime

from responders.oncall.card import IssueFacts, Quoted, make_card
from responders.oncall.cards.words import as_words

NOW = datetime(2026, 5, 12, 12, tzinfo=UTC)
HOSTILE = "*pwn* @everyone <!channel> [x](https://evil.example) `y`"


def test_it_says_what_how_bad_and_why_and_quotes_nobody() -> None:
    drawn = as_words(
        make_card(
            IssueFacts(
                reference="GS-1",
                title="Saved routes vanish",
                state="new",
                severity="major",
                reason="12 posts by 11 people within 2 h; usual: 0.4",
                changed_at=NOW,
                quotes=(Quoted("My routes are GONE since the update", "https://f.example/t/1"),),
                people=11,
                window_hours=2,
                versions="7.2",
                tried="reinstalling",
                link="https://gs.example/console/issues/GS-1",
            )
        )
    )
    assert drawn["title"] == "New, major: saved routes vanish. 11 people in 2 h. GS-1."
    assert drawn["level"] == "failure"
    assert drawn["body"].splitlines() == [
        "◌ New · Major · nobody has it yet",
        "12 posts by 11 people within 2 h; usual: 0.4",
        "Versions: 7.2",
        "GS-1 · alert 1 this week · changed 12:00 UTC, 12 May",
        "https://gs.example/console/issues/GS-1",
    ]


def test_hostile_words_are_words() -> None:
    facts = IssueFacts(
        reference="GS-1", title=HOSTILE, state="new", severity="weird", reason=HOSTILE,
        changed_at=NOW, versions=HOSTILE, holder=HOSTILE,
    )  # fmt: skip
    drawn = as_words(make_card(facts))
    assert not set(drawn["title"] + drawn["body"]) & set("@<>[]*`_~|\\")
    assert "evil" not in drawn["body"]
