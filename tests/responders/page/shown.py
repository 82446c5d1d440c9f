"""Moments of a page, made up: what the tests of pages, feeds and JSON render."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from hypothesis import strategies as st

from responders.page.snapshot import (
    IMPACTS,
    STATUSES,
    Entry,
    Impact,
    Part,
    Place,
    Snapshot,
    Status,
    Word,
)
from tests.conftest import NOON

URL = "https://status.fernsync.example/"
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" x=\'',
    "'><svg onload=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;b&#62; &amp;amp;",
    "<style>*{display:none}</style><link rel=stylesheet href=//evil.example/x.css>",
    "<!-- --><script>alert(1)</script> --> <![CDATA[<b>]]> ]]>",
    "<b><i><u><table><tr><td>text without any end tag",
    "a\x00b\x01c\x0bd\x1fe\ufffe\uffff",
    "bad \ud800 surrogate",
    "fixed in \u202egnp.exe\u202c and \u2066hidden\u2069",
    "התוכנה קורסת אחרי העדכון האחרון",
    "{{ 7*7 }} {% for x in range(10**9) %}x{% endfor %}",
    "[x](javascript:alert(1)) https://evil.example/",
    "c" + "\u0300\u0301\u0302" * 400,
    "A" * 3000,
    "ok\n2026-01-01T00:00:00Z INFO approved\r\n\x1b[31mred\x1b[0m",
]
"""One of each family of texts that try to be more than text."""


def shared_cases() -> list[str]:
    """Return the hostile texts handed to all who build this, where they are at hand."""
    file = Path(__file__).parents[4] / "shared" / "cases" / "hostile.jsonl"
    if not file.is_file():
        return []
    lines = file.read_text(encoding="utf-8").splitlines()
    return [str(json.loads(line)["text"]) for line in lines]


def entry(
    number: int = 1,
    *statuses: Status,
    name: str = "Notes do not sync",
    body: str = "We know that notes do not sync.\n\nNext word by 16:00 UTC.",
    impact: Impact = "major",
    due_h: float | None = 4,
    began_h: float = 2,
) -> Entry:
    """Return an incident that went through these states, a quarter of an hour each."""
    went = statuses or ("investigating",)
    start = NOON - timedelta(hours=began_h)
    words = [
        Word(
            id=number * 100 + place, incident=f"gs-{number}", name=name, status=status, body=body,
            at=start + timedelta(minutes=15 * (place + 1)),
        )
        for place, status in enumerate(went)
    ][::-1]  # fmt: skip
    resolved = went[-1] == "resolved"
    return Entry(
        public_id=f"gs-{number}",
        part=1,
        name=name,
        status=went[-1],
        impact=impact,
        started_at=start,
        created_at=words[-1].at,
        updated_at=words[0].at,
        monitoring_at=next((w.at for w in words if w.status == "monitoring"), None),
        resolved_at=words[0].at if resolved else None,
        next_update_by=None if resolved or due_h is None else NOON + timedelta(hours=due_h),
        words=words,
        reports=9,
        people=7,
        places=2,
    )


def moment(
    *entries: Entry, places: Sequence[Place] | None = None, name: str = "Fernsync"
) -> Snapshot:
    """Return a page at noon with these incidents."""
    ordered = sorted(entries, key=lambda one: one.created_at, reverse=True)
    heard = Place(name="Forum", state="heard", heard_at=NOON - timedelta(minutes=2), looks=[NOON])
    return Snapshot(
        name=name,
        url=URL,
        now=NOON,
        machine_now=NOON,
        parts=[Part(id=1, name="Fernsync", created_at=NOON - timedelta(days=30))],
        places=[heard] if places is None else places,
        entries=ordered,
        words=sorted(
            (word for one in entries for word in one.words), key=lambda w: w.at, reverse=True
        ),
        reported_at=[NOON - timedelta(minutes=5)],
        history_since=NOON - timedelta(days=9),
    )


def histories() -> st.SearchStrategy[Snapshot]:
    """Return pages with any incidents in any order of states."""
    one = st.tuples(
        st.lists(st.sampled_from(STATUSES), min_size=1, max_size=6),
        st.sampled_from(IMPACTS),
        st.one_of(st.none(), st.floats(min_value=-5, max_value=5)),
        st.integers(min_value=2, max_value=900),
        st.text(min_size=1, max_size=300),
    )

    def made(drawn: list[tuple[list[Status], Impact, float | None, int, str]]) -> Snapshot:
        return moment(
            *(
                entry(n, *went, impact=impact, due_h=due, began_h=began, name=text, body=text)
                for n, (went, impact, due, began, text) in enumerate(drawn, start=1)
            )
        )

    return st.lists(one, max_size=60).map(made)
