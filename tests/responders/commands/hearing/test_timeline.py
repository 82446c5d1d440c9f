"""The picture of a backtest: its numbers, and that strangers' words in it stay words."""

import re
from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.replays.comparing import Found
from responders.commands.hearing.timeline import (
    MOST_BUCKETS,
    MOST_ROWS,
    Picture,
    axis_of,
    picture,
    steps,
    usual_band,
)
from responders.commands.hearing.timeline_page import timeline_page
from tests.conftest import NOON

HOUR = timedelta(hours=1)
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\u202eright to left\u0000\x1b[31m",
    "{{ shown }}{% raw %}",
    "\ud800 half",
    "W" * 5_000,
)


def found(number: int, posts: list[str], at: datetime, **more: object) -> Found:
    given: dict[str, object] = {
        "number": number, "kind": "issue", "at": at, "began": at - HOUR, "members": posts[:2],
        "posts": frozenset(posts), "people": 2, "expected": 0.4, "window_hours": 24.0,
        "reason": "2 posts by 2 people within 60 min; usual: 0.4",
    }  # fmt: skip
    return Found(**(given | more))  # type: ignore[arg-type]  # as the test wants it


def drawn(title: str = "Sync hangs", alerts: int = 1, days: int = 30) -> Picture:
    """Return a picture of some alerts over some days."""
    written = {str(n): NOON + HOUR * 24 * days * n / 400 for n in range(400)}
    ends = [NOON + HOUR * 24 * days * (n + 1) / (alerts + 1) for n in range(alerts)]
    rows = [found(n, [str(n % 400), "0"], at) for n, at in enumerate(ends, start=1)]
    return picture("h.jsonl", written, rows, dict.fromkeys(range(alerts + 1), title))


class Tags(HTMLParser):
    """Gathers the tags of a page and what they point to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


@pytest.mark.parametrize("words", HOSTILE)
def test_what_strangers_wrote_is_words_and_nothing_else(words: str) -> None:
    harmless, page = Tags(timeline_page(drawn())), timeline_page(drawn(words))
    seen = Tags(page)
    assert seen.tags == harmless.tags
    assert not {"script", "img", "link", "iframe"} & set(seen.tags)
    assert not [name for name, _ in seen.attributes if name.startswith("on") or name == "style"]
    assert not [name for name, _ in seen.attributes if name in {"src", "href", "xlink:href"}]
    assert not set(page) & {"\u202e", "\x00", "\x1b"}
    page.encode()


def test_nothing_outside_is_named_and_nothing_may_run() -> None:
    page = timeline_page(drawn())
    assert "default-src 'none'" in page
    assert not re.search(r"https?://|url\(|@import", page)


def test_two_hundred_alerts_on_ten_thousand_posts_stay_small_and_whole() -> None:
    written = {str(n): NOON + HOUR * n / 4 for n in range(10_000)}
    ends = [NOON + HOUR * 12 * n for n in range(1, 201)]
    rows = [
        found(n, [str(48 * n + more) for more in range(20)], at) for n, at in enumerate(ends, 1)
    ]
    page = timeline_page(picture("h", written, rows, dict.fromkeys(range(201), "x" * 300)))
    assert len(page.encode()) < 1_000_000
    assert page.count('<tr role="row">') == 201


def test_each_alert_is_a_row_that_a_screen_reader_tells() -> None:
    page = timeline_page(drawn("Sync hangs at 99 %", alerts=3))
    rows = re.findall(r'<th role="rowheader" scope="row">.*?</tr>', page, re.DOTALL)
    assert len(rows) == 3
    for row in rows:
        assert "Sync hangs at 99 %" in row
        assert 'aria-label="2 posts, ' in row
        assert "2 posts by 2 people within 60 min; usual: 0.4" in row
    assert re.search(r'role="img" aria-labelledby="over-t over-d"', page)


def test_what_nobody_is_told_of_says_so() -> None:
    written = {"a": NOON, "b": NOON + HOUR}
    rows = [found(1, ["a", "b"], NOON + HOUR, kind="spam")]
    page = timeline_page(picture("h", written, rows, {1: "Buy now"}))
    assert "spam, set aside" in page
    assert "<strong>0 alerts</strong>, 1 wave of spam" in page


def test_without_posts_or_alerts_it_says_what_to_try() -> None:
    for shown in (picture("h", {}, [], {}), picture("h", {"a": NOON}, [], {})):
        assert "false_alerts_per_week=3" in timeline_page(shown)


def test_beyond_some_hundred_rows_the_rest_is_named() -> None:
    shown = drawn(alerts=MOST_ROWS + 7)
    assert (len(shown.rows), shown.left_out) == (MOST_ROWS, 7)
    assert "7 more stand in alerts.jsonl" in timeline_page(shown)


def test_another_setting_stands_beside() -> None:
    written = {"a": NOON, "b": NOON + HOUR}
    one, other = found(1, ["a"], NOON), found(4, ["b"], NOON + HOUR)
    page = timeline_page(
        picture(
            "h", written, [one], {1: "Here"}, beside={1: "not found"}, others=[other],
            other_titles={4: "There"}, settings=("x=1", "x=2"),
        )
    )  # fmt: skip
    for words in ("not found", "There", "x=1", "x=2", "Only with the second setting"):
        assert words in page


@given(st.lists(st.floats(0, 1e8), min_size=1, max_size=30))
def test_every_post_lies_on_the_axis(seconds: list[float]) -> None:
    times = [NOON + timedelta(seconds=one) for one in seconds]
    axis = axis_of(times)
    assert 1 <= axis.count <= MOST_BUCKETS + 1
    for at in times:
        assert 0 <= axis.place(at) < axis.count
        assert 0.0 <= axis.percent(at) <= 100.0


def test_a_staircase_stands_only_where_posts_are() -> None:
    axis = axis_of([NOON, NOON + timedelta(days=10)])
    path = steps(axis, {0: 1, 1: 2, 5: 2}, 2, 34)
    assert path.count("M") == 2
    assert path.startswith("M0.0 34V18.0H")
    assert path.endswith("V34")
    assert steps(axis, {}, 1, 34) == ""


def test_what_is_usual_looks_back_only() -> None:
    calm = [2] * 20
    band = usual_band([*calm, 50], timedelta(days=1))
    assert band[0] == (None, None)
    assert band[-1] == (2.0, 2.0)
    assert usual_band([*calm, 2], timedelta(days=1)) == band
