"""Who holds a draft at the console, and what another person is asked; two people's yes; diffs."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from config.clock import FixedClock
from config.ground import Ground
from responders.decisions import pause
from responders.decisions.acting import Actor, Role
from responders.decisions.drafts import approve as approving
from responders.decisions.drafts import claim
from responders.voice.tables import DraftState
from tests.conftest import NOON
from tests.responders.console.rooms import Visit, propose, stored, visiting, words
from tests.responders.incidents import Incident, happen

RUTH = Actor("ruth", Role.APPROVER, "console")
TOM = Actor("tom", Role.APPROVER, "console")
HELD = "tom is reading this since 12:00 UTC"


@pytest.fixture
def draft(ground: Ground) -> int:
    return propose(ground, happen(ground, Incident()))


def later(ground: Ground, minutes: float) -> Ground:
    return replace(ground, clock=FixedClock(NOON + timedelta(minutes=minutes)))


def hidden(page: str) -> dict[str, Any]:
    """Return the form that decides anyway."""
    form = re.search(r"<form[^>]*>(?:(?!</form>).)*Decide anyway.*?</form>", page, re.DOTALL)
    assert form is not None
    fields = re.findall(r'name="([^"]+)" value="([^"]*)"', form[0])
    return {name: value for name, value in fields if name != "csrf_token"}


def test_whoever_opens_a_draft_holds_it_and_whoever_stands_before_the_queue_does_not(
    ground: Ground, draft: int
) -> None:
    with visiting(ground) as visit:
        visit.see("/console/")
        assert stored(ground, draft).claimed_by == ""
        page = visit.see(f"/console/drafts/{draft}")
    assert stored(ground, draft).claimed_by == "ruth"
    assert "You hold this since 12:00 UTC" in words(page)


def test_a_browser_that_fetches_ahead_and_a_viewer_hold_nothing(ground: Ground, draft: int) -> None:
    with visiting(ground) as visit:
        visit.client.get(f"/console/drafts/{draft}", headers={"Sec-Purpose": "prefetch"})
    with visiting(ground, "vera", Role.VIEWER) as visit:
        visit.see(f"/console/drafts/{draft}")
    assert stored(ground, draft).claimed_by == ""


def test_another_person_sees_who_reads_it_and_keeps_them_their_claim(
    ground: Ground, draft: int
) -> None:
    claim.claim(ground, TOM, draft)
    with visiting(later(ground, 3)) as visit:
        page = visit.see(f"/console/drafts/{draft}")
    assert HELD in words(page)
    assert 'aria-label="tom is reading this"' in page
    assert stored(ground, draft).claimed_by == "tom"


@pytest.mark.parametrize(
    ("way", "fields", "state"),
    [
        ("approve", {}, DraftState.APPROVED),
        ("reject", {"reason": "no"}, DraftState.REJECTED),
        ("silent", {"reason": "no"}, DraftState.SILENT),
    ],
)
def test_a_decision_beside_them_is_asked_for_once_more_and_then_done(
    ground: Ground, draft: int, way: str, fields: dict[str, str], state: DraftState
) -> None:
    claim.claim(ground, TOM, draft)
    row = stored(ground, draft)
    bound = {"version": row.version, "text_sha256": row.text_sha256} if way == "approve" else {}
    with visiting(ground) as visit:
        path = f"/console/drafts/{draft}/{way}"
        page = visit.do(path, status=409, **bound, **fields)
        assert HELD in words(page)
        assert "--anyway" not in page
        assert stored(ground, draft).state is DraftState.PENDING
        again = hidden(page)
        assert again.items() >= {"anyway": "1", **{k: str(v) for k, v in bound.items()}}.items()
        visit.do(path, **again)
    assert stored(ground, draft).state is state


def test_an_edit_beside_them_keeps_what_was_written_until_it_is_said_again(
    ground: Ground, draft: int
) -> None:
    claim.claim(ground, TOM, draft)
    text = 'We know "it" & are on it.\n\nThe next word comes by 16:05 UTC.'
    with visiting(ground) as visit:
        path = f"/console/drafts/{draft}/edit"
        page = visit.do(path, status=409, text=text, version=1)
        assert "&#34;it&#34; &amp; are on it." in page
        visit.do(path, text=text, version=1, anyway="1")
    assert stored(ground, draft).text == text


def test_it_can_be_taken_over_let_go_and_held_on_purpose(ground: Ground, draft: int) -> None:
    claim.claim(ground, TOM, draft)
    with visiting(ground) as visit:
        way = f"/console/drafts/{draft}"
        assert "Decide anyway" in visit.do(f"{way}/claim", status=409)
        assert visit.do(f"{way}/claim", anyway="1") == way
        assert stored(ground, draft).claimed_by == "ruth"
        went = visit.do(f"{way}/release")
        assert "is free for anybody" in words(visit.see(went))
        assert stored(ground, draft).claimed_by == ""
        assert visit.do(f"{way}/claim") == way


def test_an_idle_claim_is_gone_from_the_page(ground: Ground, draft: int) -> None:
    claim.claim(ground, TOM, draft)
    with visiting(later(ground, 10)) as visit:
        assert "is reading this" not in visit.see("/console/")


def two_persons(ground: Ground) -> Ground:
    every = ("cosmetic", "minor", "major", "critical")
    approval = ground.settings.approval.model_copy(update={"two_persons": every})
    return replace(ground, settings=ground.settings.model_copy(update={"approval": approval}))


def approve(visit: Visit, ground: Ground, draft: int) -> str:
    row = stored(ground, draft)
    path = f"/console/drafts/{draft}/approve"
    return visit.do(path, version=row.version, text_sha256=row.text_sha256, anyway="1")


def test_the_first_yes_is_shown_and_the_second_person_sends_it(ground: Ground, draft: int) -> None:
    house = two_persons(ground)
    with visiting(house) as visit:
        assert "Two people must say yes." in words(visit.see(f"/console/drafts/{draft}"))
        way = approve(visit, ground, draft)
        assert "first yes of two" in words(visit.see(way))
        page = visit.see(f"/console/drafts/{draft}")
        assert "One of two yes: yours, 12:00 UTC." in words(page)
    assert stored(ground, draft).state is DraftState.PENDING
    with visiting(house, "tom", Role.APPROVER) as visit:
        page = visit.see(f"/console/drafts/{draft}")
        assert "One of two yes: ruth , 12:00 UTC. Yours would send it." in words(page)
        approve(visit, ground, draft)
    assert stored(ground, draft).decided_by == "tom"


def test_a_first_yes_can_be_taken_back_at_the_console(ground: Ground, draft: int) -> None:
    house = two_persons(ground)
    with visiting(house) as visit:
        approve(visit, ground, draft)
        visit.do(f"/console/drafts/{draft}/take-back")
        page = words(visit.see(f"/console/drafts/{draft}"))
    assert "Yours would be the first" in page


def test_what_was_changed_is_shown_escaped(ground: Ground, draft: int) -> None:
    with visiting(ground) as visit:
        assert "What was changed" not in visit.see(f"/console/drafts/{draft}")
        text = "Thank you, <i>we</i> know of it.\n\nThe next word comes by 16:05 UTC."
        visit.do(f"/console/drafts/{draft}/edit", text=text, version=1)
        page = visit.see(f"/console/drafts/{draft}")
    assert "What was changed: " in page
    assert '<ins><span class="vh">added: </span>&lt;i&gt;</ins>' in page
    assert "<i>" not in page


def test_a_pause_shows_what_leaves_first_before_it_is_let_go(ground: Ground, draft: int) -> None:
    approving.approve(ground, RUTH, draft, undo_s=60)
    with visiting(ground) as visit:
        assert "What leaves first" not in visit.see("/console/")
        pause.pause(ground, TOM, "a wrong link")
        page = visit.see("/console/")
    assert "What leaves first at 12:01 UTC, forum.example: Thank you, we know" in words(page)
    assert page.index("What leaves first") < page.index("Resume sending")
