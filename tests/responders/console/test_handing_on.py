"""A ticket is read at the console first, then made once, exactly so."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from config.database import reading
from config.ground import Ground
from config.settings import load_settings
from responders.api.serving import make_app
from responders.console.door import SESSION
from responders.decisions.acting import Role
from responders.decisions.people import people
from responders.delivery.tables import Delivery
from responders.oncall.tables import Ticket
from responders.workspace import close_opened, plugin_sections
from tests.places.github_tickets import TOKEN, Tracker
from tests.places.web import Web
from tests.responders.console.rooms import BASE, Visit, add_person, words
from tests.responders.incidents import Incident, Said, happen, say_more

AT = "/console/issues/GS-1"
WHERE: dict[str, Any] = {"repo": "acme/app", "credential": "eng"}
SETTINGS = """\
[http]
allow_hosts = ["127.0.0.1"]
spacing_s = 0
[credentials.eng]
token = "{token}"
api_url = "{api}"
[github]
api_url = "{api}"
"""


@contextmanager
def visiting(ground: Ground, name: str, role: Role) -> Iterator[Visit]:
    cookie = people.log_in(ground, add_person(ground, name, role))
    with TestClient(make_app(ground), base_url=BASE, client=("127.0.0.1", 50_000)) as client:
        client.cookies.set(SESSION, cookie)
        yield Visit(ground, client, cookie)


@pytest.fixture
def tracker() -> Tracker:
    return Tracker()


@pytest.fixture
def handing(ground: Ground, tracker: Tracker, tmp_path: Path) -> Iterator[Ground]:
    happen(ground, Incident())
    with Web(tracker) as web:
        file = tmp_path / "tickets.toml"
        text = SETTINGS.format(token=TOKEN, api=web.url("").rstrip("/"))
        file.write_text(text, encoding="utf-8")
        yield replace(ground, settings=load_settings(file, environ={}, plugins=plugin_sections()))
        close_opened()


def _shown(page: str) -> str:
    found = re.search(r'name="shown" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def _asked(ground: Ground) -> list[Delivery]:
    with reading(ground.engine) as session:
        return list(session.exec(select(Delivery)).all())


def test_a_ticket_is_read_and_made_once_exactly_so(handing: Ground) -> None:
    with visiting(handing, "ruth", Role.APPROVER) as visit:
        assert "Make a ticket…" in words(visit.see(AT))
        assert "Where does engineering work?" in words(visit.see(f"{AT}/ticket"))
        page = visit.see(f"{AT}/ticket?repo=acme/app&credential=eng")
        assert TOKEN not in page
        assert "The app hangs when I open a note" in words(page)
        way = visit.do(f"{AT}/ticket", **WHERE, shown=_shown(page))
        assert "on its way to engineering" in words(visit.see(way))
        again = visit.do(f"{AT}/ticket", **WHERE, shown=_shown(page), status=409)
        assert "has the ticket asked for in acme/app already" in words(again)
    (row,) = _asked(handing)
    assert row.text.startswith("GS-1: App hangs when a note is opened\n")
    assert "The app hangs when I open a note" in row.text


def test_evidence_that_changed_meanwhile_is_shown_anew(handing: Ground) -> None:
    with visiting(handing, "ruth", Role.APPROVER) as visit:
        page = visit.see(f"{AT}/ticket?repo=acme/app&credential=eng")
        say_more(handing, 1, Said(text="It hangs for me, too."))
        told = visit.do(f"{AT}/ticket", **WHERE, shown=_shown(page), status=409)
        assert "changed while you read it" in words(told)
        assert "It hangs for me, too." in words(told)
        assert _asked(handing) == []
        visit.do(f"{AT}/ticket", **WHERE, shown=_shown(told))
    assert len(_asked(handing)) == 1


def test_a_public_repository_quotes_nobody_and_is_asked_for(
    handing: Ground, tracker: Tracker
) -> None:
    tracker.private = False
    with visiting(handing, "ruth", Role.APPROVER) as visit:
        page = visit.see(f"{AT}/ticket?repo=acme/app&credential=eng")
        assert "everybody can read it, nobody is quoted" in words(page)
        assert "The app hangs when I open a note" not in words(page)
        told = visit.do(f"{AT}/ticket", **WHERE, shown=_shown(page), status=422)
        assert "everybody will read this" in words(told)
        assert _asked(handing) == []
        visit.do(f"{AT}/ticket", **WHERE, shown=_shown(page), public="yes")
    assert "I open a note" not in _asked(handing)[0].text


@pytest.mark.parametrize("repo", ["zebra", "../../etc", "acme/app/../..", "<b>x</b>/y", "a" * 300])
def test_what_is_no_repository_is_refused_in_place(handing: Ground, repo: str) -> None:
    with visiting(handing, "ruth", Role.APPROVER) as visit:
        page = visit.client.get(f"{AT}/ticket", params={"repo": repo})
    assert page.status_code == 422
    assert "<b>x</b>" not in page.text
    assert "no repository" in words(page.text)


def test_a_ticket_that_is_there_is_linked_and_unlinked(handing: Ground) -> None:
    with visiting(handing, "ruth", Role.APPROVER) as visit:
        visit.do(f"{AT}/link-ticket", url="javascript:alert(1)", status=422)
        api = handing.settings.credentials["eng"].api_url
        way = visit.do(f"{AT}/link-ticket", url=f"{api}/acme/app/issues/7")
        told = words(visit.see(way))
        assert "acme/app#7 not looked at yet" in told
        again = visit.do(f"{AT}/link-ticket", url=f"{api}/acme/app/issues/8", status=409)
        assert "has ticket acme/app#7 already" in words(again)
        assert "No ticket yet" in words(visit.see(visit.do(f"{AT}/unlink-ticket")))
        assert "has no ticket" in words(visit.do(f"{AT}/unlink-ticket", status=409))
    with reading(handing.engine) as session:
        assert [row.unlinked_by for row in session.exec(select(Ticket)).all()] == ["ruth"]


def test_a_viewer_sends_no_log_in_anywhere(handing: Ground, tracker: Tracker) -> None:
    with visiting(handing, "vera", Role.VIEWER) as visit:
        page = visit.client.get(f"{AT}/ticket?repo=acme/app&credential=eng")
        assert (page.status_code, 'name="shown"' in page.text) == (403, False)
        assert "Your role is viewer; this needs" in words(page.text)
        assert "Your role is viewer" in words(visit.do(f"{AT}/ticket", **WHERE, status=403))
    assert tracker.asked == []
    assert _asked(handing) == []
