"""The queue as a person sees it: order, focus, and that strangers' words stay words."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from classifiers.tables import Issue
from config.database import transaction
from config.ground import Ground
from listener.tables import Post, Source, SourceState, Thread
from responders.voice.tables import Promise, PromiseState
from tests.conftest import NOON
from tests.responders.console.rooms import propose, visiting, words
from tests.responders.incidents import Incident, Said, happen, measure

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "</textarea></bdi></main><style>*{display:none}</style>",
    '" onmouseover="alert(3)" style="position:fixed',
    "{{ 7 * 7 }}{% raw %}",
    "[our page](https://evil.example/login)",
    "\u202eesrever\u2066\u200b",
    "&lt;b&gt;&#x3c;script&#x3e;",
    "]]><svg onload=alert(4)>",
)


def _promise(ground: Ground, issue_id: int, *, minutes: int, **values: Any) -> None:
    with transaction(ground.engine) as session:
        issue = session.get_one(Issue, issue_id)
        session.add(
            Promise(
                product_id=issue.product_id,
                issue_id=issue_id,
                due_at=NOON + timedelta(minutes=minutes),
                made_at=NOON - timedelta(minutes=60),
                **values,
            )
        )


def test_the_next_promise_due_stands_first_and_in_each_issue_the_page(ground: Ground) -> None:
    late, soon = happen(ground, Incident(title="Late")), happen(ground, Incident(title="Soon"))
    reply = propose(ground, soon, "A reply.")
    other = propose(ground, late, "Another.", due=NOON + timedelta(hours=1))
    page = propose(ground, soon, "Title\n\nBody", channel="page")
    _promise(ground, late, minutes=600)
    _promise(ground, soon, minutes=20)
    with visiting(ground) as visit:
        shown = visit.see("/console/")
    assert re.findall(r'class="row[^"]*" href="/console/drafts/(\d+)"', shown) == [
        str(page),
        str(reply),
        str(other),
    ]
    assert "next word by 12:20 UTC in 20 min" in words(shown)
    assert "next word by 22:00 UTC" in words(shown)


def test_a_promise_that_was_broken_stands_before_all(ground: Ground) -> None:
    calm, broken = happen(ground, Incident(title="Calm")), happen(ground, Incident(title="Late"))
    propose(ground, calm, "Calm.")
    propose(ground, broken, "Late.")
    _promise(ground, calm, minutes=5)
    _promise(ground, broken, minutes=-6, state=PromiseState.BROKEN)
    with visiting(ground) as visit:
        shown = words(visit.see("/console/"))
    assert shown.index("Late") < shown.index("Calm")
    assert "next word overdue by 6 min" in shown
    assert "1 promise is overdue." in shown


def test_the_focus_shows_their_words_our_reason_our_words_and_the_decisions(
    ground: Ground,
) -> None:
    issue = happen(ground, Incident(title="Trays stay locked"))
    measure(ground, issue, expected=0.4, window_hours=2.0)
    propose(ground, issue)
    with visiting(ground) as visit:
        shown = visit.see("/console/")
    assert "The app <mark>hangs</mark> when I open a <mark>note</mark>." in shown
    told = words(shown)
    assert "7 posts by 7 people within 19 min; usual: 0.4" in told
    assert "before; usual 0" in told
    assert "This text promises the next word by 16:05 UTC ." in told
    assert "1 of 1 to approve" in told
    for key in "aersx":
        assert f'data-key="{key}"' in shown
    assert shown.count("btn main") == 1


def test_a_page_update_shows_its_title_and_that_it_is_published(ground: Ground) -> None:
    propose(ground, happen(ground, Incident()), "Notes do not open\n\nWe know.", channel="page")
    with visiting(ground) as visit:
        shown = visit.see("/console/")
    assert "<h3><bdi>Notes do not open</bdi></h3>" in shown
    assert "Approve and publish" in shown
    assert "the public page" in shown


def test_an_empty_queue_says_what_was_heard_and_what_to_do(ground: Ground) -> None:
    with visiting(ground) as visit:
        shown = words(visit.see("/console/"))
        assert "No place is listened to yet." in shown
        assert "See where we listen" in shown
        happen(ground, Incident())
        assert "Open the issues" in visit.see("/console/")
        for view in ("hand", "doubt", "leaving", "decided", "hushed", "nonsense"):
            assert 'class="empty"' in visit.see(f"/console/?view={view}")


def test_a_place_that_is_silent_is_told_on_every_page(ground: Ground) -> None:
    happen(ground, Incident())
    with transaction(ground.engine) as session:
        source = session.get_one(Source, 1)
        source.state, source.last_heard_at = SourceState.TIMED_OUT, NOON
        session.add(source)
    with visiting(ground) as visit:
        assert "1 silent" in words(visit.see("/console/"))
        told = words(visit.see("/console/sources"))
    assert "timed out, not heard since 12:00 UTC" in told
    assert "it is asked again by itself" in told


def test_the_script_is_told_numbers_and_no_words(ground: Ground) -> None:
    draft = propose(ground, happen(ground, Incident(title=HOSTILE[0])))
    with visiting(ground) as visit:
        assert visit.client.get("/console/live").json() == {
            "approve": [draft], "waiting": 1, "issues": 1, "silent": 0, "doubt": 0,
            "paused": False,
        }  # fmt: skip


def test_a_link_cannot_put_words_into_our_mouth(ground: Ground) -> None:
    draft = propose(ground, happen(ground, Incident()))
    with visiting(ground) as visit:
        for query in ("?did=evil", "?did=<b>&of=1", "?of=99&did=edited", "?did=edited&of=x"):
            assert "<b>&" not in visit.see(f"/console/drafts/{draft}{query}")
        assert "evil" not in visit.see(f"/console/drafts/{draft}?did=evil")


@pytest.mark.parametrize("text", HOSTILE)
def test_words_of_strangers_stay_words_in_every_view(ground: Ground, text: str) -> None:
    issue = happen(ground, Incident(title=text, reason=text, key_phrases=[text[:12]]))
    with transaction(ground.engine) as session:
        post, row = session.get_one(Post, 1), session.get_one(Issue, issue)
        thread, source = session.get_one(Thread, 1), session.get_one(Source, 1)
        post.text, post.title, post.author, thread.title = text, text, text, text
        post.url, thread.url = "javascript:alert(5)", "data:text/html,x"
        source.name, source.reason = text, text
        quotes = [{"post_id": "1", "text": text, "url": "javascript:alert(7)"}]
        row.facts = {"errors": [{"value": text, "people": 1, "quotes": quotes}]}
        row.release = text
        row.quotes = [{"post_id": 1, "text": text, "url": "javascript:alert(6)"}]
        session.add_all([post, row, thread, source])
    draft = propose(ground, issue, text)
    pages = (
        "/console/", f"/console/drafts/{draft}?edit", "/console/issues", "/console/sources",
        f"/console/issues/GS-{issue}", "/console/audit", "/console/?q=%3Cscript%3E",
    )  # fmt: skip
    with visiting(ground) as visit:
        visit.do(f"/console/issues/GS-{issue}/rename", title=text[:100] + " x")
        for path in pages:
            assert list(_dangers(visit.see(path))) == [], path


def _dangers(page: str) -> Iterator[str]:
    """Yield what a stranger's words could only have become by being read as markup."""
    for node in LexborHTMLParser(page).css("*"):
        given = {name: value or "" for name, value in node.attributes.items()}
        if node.tag in {"img", "style", "iframe", "object", "base"}:
            yield f"an element {node.tag}"
        if node.tag == "script" and given.get("src") != "/console/static/console.js":
            yield "a script"
        yield from (
            f"{node.tag} {name}" for name in given if name.startswith("on") or name == "style"
        )
        address = given.get("href", given.get("src", given.get("action", "#")))
        if not address.startswith(("/console/", "#", "?")) and node.tag != "form":
            yield f"a way to {address}"


def test_the_search_for_dangers_finds_them() -> None:
    page = '<p onclick="x" style="y"><img src="x"><script></script><a href="data:x">a</a>'
    assert len(list(_dangers(page))) >= 5


def test_a_line_in_a_script_from_right_to_left_begins_at_its_own_side(ground: Ground) -> None:
    says = "التطبيق يتوقف عند فتح الملاحظات"
    issue = happen(ground, Incident(said=[Said(text=says, title="لا يعمل")]))
    draft = propose(ground, issue)
    with visiting(ground) as visit:
        page = visit.see(f"/console/drafts/{draft}")
    assert f'<span class="q" dir="auto">{says}</span>' in page
    assert '<h1 dir="auto">لا يعمل</h1>' in page
