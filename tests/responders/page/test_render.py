import gzip
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from selectolax.lexbor import LexborHTMLParser

from responders.page import render
from responders.page.heartbeat import public_name
from responders.page.snapshot import Place, Snapshot
from responders.page.wording import title
from tests.conftest import NOON
from tests.responders.page.shown import HOSTILE, entry, moment, shared_cases

ALLOWED_HREF = re.compile(r"(#[\w-]+|(\./|\.\./|/)[\w./#-]*|)")


def _pages(shot: Snapshot) -> dict[str, LexborHTMLParser]:
    made = {"index.html": render.front(shot), "404.html": render.missing(shot)}
    made |= {one.public_id: render.entry_page(one, shot) for one in shot.entries}
    made |= render.history(render.months(shot.entries), shot)
    return {path: LexborHTMLParser(text.decode()) for path, text in made.items()}


def _text(page: LexborHTMLParser, selector: str) -> list[str]:
    return [" ".join(node.text().split()) for node in page.css(selector)]


def _dangers(page: LexborHTMLParser) -> list[str]:
    """Return everything in a page that is not ours to have there."""
    found = []
    for node in page.css("*"):
        for name, value in node.attributes.items():
            if name.startswith("on") or name in {"style", "srcdoc", "action"}:
                found.append(f"{node.tag} {name}")
            if name in {"href", "src"} and not ALLOWED_HREF.fullmatch(value or ""):
                found.append(f"{node.tag} {name}={value}")
        if node.tag in {"iframe", "form", "img", "style", "base", "object", "math", "animate"}:
            found.append(node.tag)
        if node.tag == "script" and not (node.attributes.get("src") or "").endswith("page.js"):
            found.append("script")
    return found


@pytest.mark.parametrize("text", [*HOSTILE, *shared_cases()])
def test_hostile_text_stays_text_on_every_page(text: str) -> None:
    known = {"workaround": text, "symptoms": [text], "fixed_in": text, "not_affected": text}
    one = replace(entry(1, name=text, body=text or "."), known=known)
    place = Place(name=public_name(text), state="silent", heard_at=NOON)
    for path, page in _pages(moment(one, name=title(text), places=[place])).items():
        assert _dangers(page) == [], path
        assert len(page.css("script")) == 1
        assert len(page.css("h1")) == 1


def test_the_next_word_is_the_hero_of_an_entry() -> None:
    page = _pages(moment(entry(1)))["index.html"]
    assert _text(page, ".entry .next time") == ["16:00 UTC"]
    assert _text(page, ".entry .chip") == ["Investigating"]
    assert _text(page, ".entry .sev") == ["Major"]
    assert "7 people in 2 places" in _text(page, ".entry .cap")[0]


def test_open_entries_stand_in_the_order_of_their_promises() -> None:
    shot = moment(entry(1, due_h=9), entry(2, due_h=None), entry(3, due_h=-1), entry(4, "resolved"))
    links = [node.attributes["href"] for node in _pages(shot)["index.html"].css(".entry h3 a")]
    assert links == ["./incidents/gs-3/", "./incidents/gs-1/", "./incidents/gs-2/"]


def test_a_broken_promise_is_told_without_a_script() -> None:
    page = _pages(moment(entry(1, due_h=-0.5)))["gs-1"]
    assert "Next word was due by" in _text(page, ".rail .next")[0]
    assert _text(page, ".rail .flag") == ["update overdue"]
    kept = _pages(moment(entry(1, "resolved", due_h=-0.5)))["gs-1"]
    assert kept.css(".flag") == []


def test_an_entry_without_a_promise_says_so() -> None:
    page = _pages(moment(entry(1, due_h=None)))["index.html"]
    assert "no time was promised" in _text(page, ".next")[0]


def test_a_page_says_times_not_ages() -> None:
    for page in _pages(moment(entry(1), entry(2, "resolved", began_h=30))).values():
        (body,) = _text(page, "body")
        assert not re.search(r"\bago\b", body.replace("24 hours ago", ""))
        for node in page.css("time"):
            assert (node.attributes["datetime"] or "").endswith("+00:00")


def test_the_page_says_when_it_was_written() -> None:
    page = _pages(moment(entry(1)))["index.html"]
    assert "This page was written at 12:00:00 UTC, Tuesday 12 May 2026" in _text(page, "footer")[0]
    assert page.css("html")[0].attributes["data-written"] == NOON.isoformat()


def test_the_page_of_a_resolved_incident_does_not_depend_on_the_clock() -> None:
    done = entry(1, "investigating", "resolved")
    shot = moment(done)
    later = replace(shot, now=NOON + timedelta(days=400), machine_now=NOON + timedelta(days=400))
    assert render.entry_page(done, shot) == render.entry_page(done, later)


def test_quiet_and_silent_are_never_drawn_alike() -> None:
    looks = [NOON - timedelta(minutes=5)]
    places = [
        Place(name=state, state=state, heard_at=looks[0], looks=looks)
        for state in ("heard", "quiet", "silent")
    ]
    page = _pages(moment(places=places))["index.html"]
    drawn = [re.sub(r"\s|[\d.]+%", "", node.html or "") for node in page.css(".beat")]
    assert len(set(drawn)) == 3
    assert len(page.css(".lost")) == 1
    assert _text(page, ".heard .flag") == ["silent since 11:55 UTC"]


def test_links_hold_wherever_the_page_stands() -> None:
    assert render.root("https://x.example/", 0) == "./"
    assert render.root("https://x.example/", 2) == "../../"
    assert render.root("https://x.example/known/", 2) == "/known/"
    assert render.root("https://x.example/", None) == "/"


def test_the_history_holds_every_incident_by_month() -> None:
    shot = moment(*(entry(n, "resolved", began_h=24 * n) for n in range(1, 200)))
    made = render.history(render.months(shot.entries), shot)
    linked = re.findall(rb'incidents/(gs-\d+)/"', b"".join(
        text for path, text in made.items() if path != "history/index.html"
    ))  # fmt: skip
    assert sorted(linked) == sorted(f"gs-{n}".encode() for n in range(1, 200))
    front = LexborHTMLParser(made["history/index.html"].decode())
    assert "Older" in _text(front, "h2")[-1]


def test_the_first_page_is_small() -> None:
    words = "We know that notes do not sync, and look into it with the sync team. " * 8
    shot = moment(
        *(entry(n, body=words) for n in range(1, 31)),
        places=[
            Place(name=f"Forum {n}", state="heard", heard_at=NOON, looks=[NOON] * 20)
            for n in range(20)
        ],
    )
    files = [render.front(shot), *render.assets().values()]
    assert sum(len(gzip.compress(text)) for text in files) < 50_000


def test_assets_name_nothing_outside() -> None:
    for path, text in render.assets().items():
        assert not re.search(rb"@import|url\(|https?://(?!www\.w3\.org/2000/svg)", text), path
