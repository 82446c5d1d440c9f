"""What an alert says about an issue, and in which order; drawn by the renderers beside it.

Pure: rows go in as plain values, ``now`` included. Strangers' words are made harmless and cut here
once, so a renderer only adds what its platform's markup needs.
Source: the order is the binding one of the house's look for cards in chat.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import exp

from responders.delivery.inert import cut, quoted, web_link
from responders.oncall.pressing import Button, Standing, buttons

PING_FIRST = 60
"""Characters of the ping line that a phone shows; state, severity and title fit into them."""
TITLE, REASON, QUOTE, FACT, PERSON = 120, 300, 200, 80, 40
"""The longest parts, in characters."""
QUOTES = 3
NEXT_WORD = "Next word"
"""The name of the fact that is a time."""
NAMED = 5
"""So many alerts that it holds back are named on a card."""
QUIET = ("muted", "snoozed", "not-an-issue")
"""The flags by which a person said that nobody is to be told."""
BLOCKS = "▁▂▃▄▅▆▇█"
GLYPHS = {
    "new": "◌",
    "investigating": "○",
    "identified": "◐",
    "monitoring": "◉",
    "resolved": "✓",
    "regression": "↺",
    "muted": "⊘",
}


@dataclass(frozen=True)
class Quoted:
    """One post as evidence."""

    text: str
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class IssueFacts:
    """What is known of an issue, as plain values; None where nothing is known."""

    reference: str
    title: str
    state: str
    severity: str
    reason: str
    changed_at: datetime
    quotes: Sequence[Quoted] = ()
    flags: Sequence[str] = ()
    people: int | None = None
    """Distinct people within ``window_hours``."""
    window_hours: float | None = None
    usual: float | None = None
    """Posts that usually come in that time."""
    trend: Sequence[int] = ()
    """Posts per quarter of an hour, the newest last."""
    versions: str | None = None
    nearest_past: str | None = None
    first_seen_at: datetime | None = None
    next_word_at: datetime | None = None
    threads: int | None = None
    threads_told: int = 0
    drafts_waiting: int | None = None
    tried: str | None = None
    holder: str | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    merged_into: str | None = None
    """The reference of the issue that this one is part of."""
    holds: Sequence[str] = ()
    """The references of the issues whose alerts it holds back."""
    alerts_this_week: int = 1
    link: str | None = None
    number: int | None = None
    """By which a button names the issue; None where nothing can be pressed."""


@dataclass(frozen=True)
class Card:
    """An alert ready to be drawn: every text is plain, harmless and short enough."""

    ping: str
    state_line: str
    severity: str
    title: str
    link: str | None
    reason: str
    trend: str | None
    quotes: tuple[Quoted, ...]
    fields: tuple[tuple[str, str], ...]
    footer: str
    buttons: tuple[Button, ...] = ()
    first_seen_at: datetime | None = None
    next_word_at: datetime | None = None
    """The times of it as times, for platforms that tell each reader by their own clock."""


def make_card(facts: IssueFacts) -> Card:
    """Return the card of an issue."""
    title = quoted(facts.title, TITLE) or "untitled"
    return Card(
        ping=ping_line(facts),
        state_line=_state_line(facts),
        severity=facts.severity,
        title=title,
        link=web_link(facts.link),
        reason=quoted(facts.reason, REASON),
        trend=trend_blocks(facts.trend),
        quotes=_quotes(facts.quotes),
        fields=_fields(facts),
        footer=(
            f"{facts.reference} · alert {facts.alerts_this_week} this week"
            f" · changed {clock_time(facts.changed_at)}"
        ),
        buttons=_buttons(facts),
        first_seen_at=facts.first_seen_at,
        next_word_at=facts.next_word_at,
    )


def _buttons(facts: IssueFacts) -> tuple[Button, ...]:
    standing = Standing(
        issue=facts.number or 0,
        drafts=facts.drafts_waiting or 0,
        acknowledged=facts.acknowledged_at is not None,
        held=bool(facts.holder),
        quiet=any(flag in facts.flags for flag in QUIET),
        part=facts.merged_into is not None,
        link=web_link(facts.link),
    )
    return buttons(standing) if facts.number is not None else ()


def _quotes(quotes: Sequence[Quoted]) -> tuple[Quoted, ...]:
    shown = (Quoted(quoted(quote.text, QUOTE), web_link(quote.url)) for quote in quotes)
    return tuple(quote for quote in shown if quote.text)[:QUOTES]


def ping_line(facts: IssueFacts) -> str:
    """Return the line that a phone shows: what is new, how bad, what, how many, compared to what.

    The title is cut so that it stands within the first 60 characters, such as
    "New, major: saved routes vanish. 7 people in 19 min, usual 0–2. GS-142."
    """
    word = "Back" if "regression" in facts.flags else facts.state.capitalize()
    start = f"{word}, {facts.severity}: "
    title = cut(_in_sentence(quoted(facts.title, TITLE)) or "untitled", PING_FIRST - len(start) - 1)
    rate = _rate(facts)
    end = "" if title.endswith(("…", ".", "!", "?")) else "."
    return f"{start}{title}{end}{f' {rate}.' if rate else ''} {facts.reference}."


def _in_sentence(title: str) -> str:
    """Lower the first letter of an ordinary word; names such as GPS and iPhone stay."""
    first = title.split(" ", 1)[0]
    return title[:1].lower() + title[1:] if first[1:].islower() else title


def _rate(facts: IssueFacts) -> str:
    if not facts.people:
        return ""
    people = "1 person" if facts.people == 1 else f"{facts.people} people"
    within = f" in {span(facts.window_hours)}" if facts.window_hours is not None else ""
    usual = f", usual {usual_range(facts.usual)}" if facts.usual is not None else ""
    return f"{people}{within}{usual}"


def span(hours: float) -> str:
    """Say a length of time, at least a minute: 0.317 is "19 min", 3.2 is "3 h"."""
    if hours < 1.5:
        return f"{max(1, round(hours * 60))} min"
    return f"{round(hours)} h" if hours < 47.5 else f"{round(hours / 24)} days"


def usual_range(expected: float) -> str:
    """Say what counts are usual where ``expected`` come on average.

    The range that holds 19 of 20 counts from below and from above, if they come independently
    (Poisson): 0.4 gives "0–2", 6 gives "2–10", 0.01 gives "0".
    """
    if expected > 500:  # the terms below would underflow, and the range is narrow by then
        spread = 1.645 * expected**0.5
        return f"{round(expected - spread)}–{round(expected + spread)}"
    low, count, chance = None, 0, exp(-expected)
    below = chance
    while below < 0.95:
        if low is None and below > 0.05:
            low = count
        count += 1
        chance *= expected / count
        below += chance
    low = count if low is None else low
    return str(count) if low == count else f"{low}–{count}"


def trend_blocks(counts: Sequence[int]) -> str | None:
    """Draw counts as blocks with the last value behind, such as "▁▂▅█ 7"; None without any."""
    most = max(counts, default=0)
    if most <= 0 or len(counts) < 2:
        return None
    steps = len(BLOCKS) - 1
    drawn = "".join(BLOCKS[round(max(count, 0) / most * steps)] for count in counts)
    return f"{drawn} {counts[-1]}"


def clock_time(moment: datetime) -> str:
    """Say a time of the day with its zone and its day, such as "12:30 UTC, 12 Nov"."""
    return f"{moment:%H:%M} UTC, {moment.day} {moment:%b}"


def _state_line(facts: IssueFacts) -> str:
    flagged = (*QUIET, "regression")
    shown = next((flag for flag in flagged if flag in facts.flags), facts.state)
    person = quoted(facts.holder or "", PERSON)
    holder = f"held by {person}" if person else "nobody has it yet"
    glyph = GLYPHS.get(shown, "⊘" if shown in QUIET else "◌")
    said = shown.replace("-", " ").capitalize()
    parts = [f"{glyph} {said}", facts.severity.capitalize(), holder, *_acknowledged(facts)]
    parts += _holds(facts)
    if facts.merged_into:
        parts = [f"⊘ Part of {facts.merged_into} now", facts.severity.capitalize()]
    return " · ".join(parts)


def _holds(facts: IssueFacts) -> list[str]:
    """Name the first few alerts that it holds back, and count the others."""
    if not facts.holds:
        return []
    rest = f" and {len(facts.holds) - NAMED} more" if len(facts.holds) > NAMED else ""
    return [f"holds back {', '.join(facts.holds[:NAMED])}{rest}"]


def _acknowledged(facts: IssueFacts) -> list[str]:
    """Say who knows of it."""
    at, by = facts.acknowledged_at, quoted(facts.acknowledged_by or "", PERSON)
    if at is None:
        return []
    return [f"acknowledged by {by} {clock_time(at)}"]


def _fields(facts: IssueFacts) -> tuple[tuple[str, str], ...]:
    """Return the six short facts in their order; what is unknown is left out."""
    threads = f"{facts.threads_told} of {facts.threads}" if facts.threads is not None else None
    drafts = str(facts.drafts_waiting) if facts.drafts_waiting is not None else None
    values = (
        ("Versions", facts.versions),
        ("Nearest past", facts.nearest_past),
        (NEXT_WORD, clock_time(facts.next_word_at) if facts.next_word_at else None),
        ("Threads told", threads),
        ("Drafts waiting", drafts),
        ("Tried", facts.tried),
    )
    shown = ((name, quoted(value or "", FACT)) for name, value in values)
    return tuple((name, value) for name, value in shown if value)
