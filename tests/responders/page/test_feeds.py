import re
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from xml.etree import ElementTree as ET

import feedparser
import pytest
from hypothesis import given, settings

from responders.page.feeds import ATOM, SHOWN, distinct, feeds
from responders.page.snapshot import Snapshot, Word
from tests.conftest import NOON
from tests.responders.page.shown import HOSTILE, entry, histories, moment

A = f"{{{ATOM}}}"
NAMES = ("history.atom", "history.rss", "updates.atom", "updates.rss")
TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}:\S+")


def _told(root: ET.Element, path: str) -> list[str]:
    return [each.text or "" for each in root.findall(path)]


def _faults_atom(root: ET.Element, url: str) -> list[str]:
    """Return what a validator of RFC 4287 would say."""
    faults = []
    ids = _told(root, f"{A}id") + _told(root, f"{A}entry/{A}id")
    if len(set(ids)) != len(ids) or not all(TAG.fullmatch(each) for each in ids):
        faults.append(f"ids {ids}")
    selves = [each.get("href") for each in root.findall(f"{A}link") if each.get("rel") == "self"]
    if selves != [url]:
        faults.append(f"self {selves}")
    if not root.findtext(f"{A}author/{A}name") or not root.findtext(f"{A}title"):
        faults.append("no author or title")
    for one in root.findall(f"{A}entry"):
        updated, published = one.findtext(f"{A}updated"), one.findtext(f"{A}published")
        at = [datetime.fromisoformat(each or "") for each in (published, updated)]
        if any(each.tzinfo is None for each in at) or at[0] > at[1]:
            faults.append(f"dates {at}")
        if at[1] > datetime.fromisoformat(root.findtext(f"{A}updated") or ""):
            faults.append("an entry is newer than its feed")
        links = [link.get("href", "") for link in one.findall(f"{A}link")]
        if len(links) != 1 or not links[0].startswith("https://"):
            faults.append(f"links {links}")
        if not one.findtext(f"{A}title") or not one.findtext(f"{A}content"):
            faults.append("an entry is empty")
    return faults


def _faults_rss(root: ET.Element, url: str) -> list[str]:
    """Return what a validator of RSS 2.0 would say."""
    faults = []
    channel = root.find("channel")
    assert channel is not None
    if not all(
        channel.findtext(name) for name in ("title", "link", "description", "lastBuildDate")
    ):
        faults.append("the channel is not described")
    if [each.get("href") for each in channel.findall(f"{A}link")] != [url]:
        faults.append("no link to itself")
    guids = _told(root, "channel/item/guid")
    if len(set(guids)) != len(guids) or guids != _told(root, "channel/item/link"):
        faults.append(f"guids {guids}")
    dates = _told(root, "channel/item/pubDate")
    zoneless = [date for date in dates if parsedate_to_datetime(date).tzinfo is None]
    return faults + [f"date {date}" for date in zoneless]


def _faults(shot: Snapshot) -> list[str]:
    made = feeds(shot)
    assert set(made) == set(NAMES)
    found = []
    for name, text in made.items():
        root = ET.fromstring(text)
        url = f"{shot.url}{name}"
        found += _faults_atom(root, url) if name.endswith("atom") else _faults_rss(root, url)
        if feedparser.parse(text, sanitize_html=False).bozo:
            found.append(f"{name} is not well-formed")
    return found


@settings(max_examples=25)
@given(shot=histories())
def test_the_feeds_of_any_history_are_valid(shot: Snapshot) -> None:
    assert _faults(shot) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_keeps_the_feeds_valid_and_stays_text(text: str) -> None:
    shot = moment(entry(1, name=text, body=text), name=text)
    assert _faults(shot) == []
    for made in feeds(shot).values():
        for one in feedparser.parse(made, sanitize_html=False).entries:
            html = one.content[0].value if "content" in one else one.summary
            allowed = re.sub(r"</?(p|small|br|strong|bdi)\s*/?>", "", html)
            assert "<" not in allowed


def test_the_history_holds_one_entry_an_incident_with_all_its_updates() -> None:
    text = feeds(moment(entry(1, "investigating", "identified")))["history.atom"]
    (one,) = feedparser.parse(text).entries
    assert one.id == "tag:status.fernsync.example,2005:Incident/gs-1"
    assert one.content[0].value.startswith(
        "<p><small>May 12, 10:30 UTC</small><br /><strong>Identified</strong> - We know"
    )
    assert one.content[0].value.count("<p>") == 2
    assert one.published == "2026-05-12T10:15:00.000Z"
    assert one.updated == "2026-05-12T10:30:00.000Z"


def test_prefixes_that_others_chose_for_the_process_change_nothing() -> None:
    before = feeds(moment(entry(1)))
    known = dict(ET._namespace_map)  # type: ignore[attr-defined]  # there is no way to ask
    ET.register_namespace("", ATOM)
    try:
        assert feeds(moment(entry(1))) == before
    finally:
        ET._namespace_map.clear()  # type: ignore[attr-defined]
        ET._namespace_map.update(known)  # type: ignore[attr-defined]


def test_the_guid_of_an_incident_is_its_address() -> None:
    (one,) = feedparser.parse(feeds(moment(entry(1)))["history.rss"]).entries
    assert one.id == one.link == "https://status.fernsync.example/incidents/gs-1"


def test_updates_have_strictly_ordered_dates_even_of_one_second() -> None:
    at_once = [
        replace(entry(n).words[0], id=n, at=NOON + timedelta(milliseconds=n)) for n in range(6)
    ][::-1]
    dates = distinct(at_once)
    assert all(after > before for after, before in pairwise(dates))
    parsed = feedparser.parse(feeds(replace(moment(entry(1)), words=at_once))["updates.rss"])
    told = [one.published_parsed for one in parsed.entries]
    assert told == sorted(set(told), reverse=True)
    assert len({one.id for one in parsed.entries}) == 6


def test_an_updates_date_stays_when_newer_ones_come() -> None:
    words: list[Word] = []
    dates: dict[int, datetime] = {}
    for number in range(40):
        word = replace(entry(1).words[0], id=number, at=NOON + timedelta(seconds=number // 3))
        words.insert(0, word)
        for one, date in list(zip(words, distinct(words), strict=True))[:SHOWN]:
            assert dates.setdefault(one.id, date) == date


def test_twenty_five_entries_are_kept() -> None:
    shot = moment(*(entry(n, "resolved", began_h=n + 1) for n in range(1, 40)))
    for made in feeds(shot).values():
        assert len(feedparser.parse(made).entries) == 25
