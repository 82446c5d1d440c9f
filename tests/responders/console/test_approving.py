"""All texts of an issue on one page: what is ticked is approved, and what changed is left out."""

import re
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from config.database import reading
from config.ground import Ground
from responders.console.approving import ticked
from responders.decisions.acting import Actor, Role
from responders.decisions.drafts import claim, edit
from responders.decisions.drafts.bundle import Item
from responders.decisions.tables import Approval
from responders.voice.tables import DraftState
from tests.responders.console.rooms import TEXT, propose, stored, visiting, words
from tests.responders.incidents import Incident, happen

TOM = Actor("tom", Role.APPROVER, "console")
WAY = "/console/issues/GS-1/approvals"


@pytest.fixture
def drafts(ground: Ground) -> list[int]:
    issue = happen(ground, Incident())
    replies = [propose(ground, issue, TEXT, key=f"thread:{n}") for n in (1, 2)]
    return [propose(ground, issue, f"Notes hang\n\n{TEXT}", channel="page"), *replies]


def boxes(page: str, *, checked: bool = True) -> dict[str, Any]:
    """Return the boxes of the page as a browser would send them."""
    found = re.findall(
        r'<input type="checkbox" id="[^"]+" name="([^"]+)" value="([^"]+)"([^>]*)>', page
    )
    return {name: value for name, value, rest in found if ("checked" in rest) is checked}


def approvals(ground: Ground) -> list[int]:
    with reading(ground.engine) as session:
        return [row.draft_id for row in session.exec(select(Approval).order_by("id")).all()]


def test_all_texts_are_shown_in_full_the_pages_first_and_escaped(
    ground: Ground, drafts: list[int]
) -> None:
    edit.edit(ground, TOM, drafts[1], "Thanks <script>alert(1)</script>, we know.")
    with visiting(ground) as visit:
        page = visit.see(WAY)
    assert list(boxes(page)) == [f"text-{number}" for number in drafts]
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "one every 5 s" in words(page)
    assert page.count('class="btn main"') == 1


def test_what_is_ticked_is_approved_in_the_order_of_the_page(
    ground: Ground, drafts: list[int]
) -> None:
    with visiting(ground) as visit:
        ticks = boxes(visit.see(WAY))
        del ticks[f"text-{drafts[1]}"]
        assert visit.do(WAY, **ticks) == "/console/?view=leaving"
        page = visit.see("/console/?view=leaving")
    assert approvals(ground) == [drafts[0], drafts[2]]
    assert "1 more on the way" in words(page)
    assert stored(ground, drafts[1]).state is DraftState.PENDING


def test_what_changed_meanwhile_is_left_out_and_said(ground: Ground, drafts: list[int]) -> None:
    with visiting(ground) as visit:
        ticks = boxes(visit.see(WAY))
        edit.edit(ground, TOM, drafts[1], f"Hello. {TEXT}")
        page = visit.do(WAY, status=409, **ticks)
    assert approvals(ground) == [drafts[0], drafts[2]]
    told = words(page)
    assert "2 texts approved. 1 text left out, for the reasons below." in told
    assert "tom rewrote this" in told
    assert boxes(page) == {}
    assert list(boxes(page, checked=False)) == [f"text-{drafts[1]}"]


def test_one_that_somebody_reads_is_not_ticked_and_left_out(
    ground: Ground, drafts: list[int]
) -> None:
    claim.claim(ground, TOM, drafts[1])
    with visiting(ground) as visit:
        page = visit.see(WAY)
        assert list(boxes(page, checked=False)) == [f"text-{drafts[1]}"]
        assert "tom is reading this since 12:00 UTC." in words(page)
        visit.do(WAY, status=409, **boxes(page), **boxes(page, checked=False))
    assert drafts[1] not in approvals(ground)


def test_nothing_ticked_is_nothing_approved(ground: Ground, drafts: list[int]) -> None:
    with visiting(ground) as visit:
        assert "No text was ticked" in visit.do(WAY, status=422)
    assert approvals(ground) == []
    assert drafts


def test_the_first_yes_of_two_is_told_on_the_page(ground: Ground, drafts: list[int]) -> None:
    every = ("cosmetic", "minor", "major", "critical")
    approval = ground.settings.approval.model_copy(update={"two_persons": every})
    house = replace(ground, settings=ground.settings.model_copy(update={"approval": approval}))
    with visiting(house) as visit:
        page = visit.do(WAY, status=200, **boxes(visit.see(WAY)))
    assert "3 texts got the first yes of two" in words(page)
    assert approvals(ground) == []
    assert len(drafts) == 3


def test_a_viewer_sees_the_texts_and_approves_none(ground: Ground, drafts: list[int]) -> None:
    with visiting(ground, "vera", Role.VIEWER) as visit:
        page = visit.see(WAY)
        assert "Your role is viewer; this needs approver." in words(page)
        visit.do(WAY, status=403, **boxes(page))
    assert approvals(ground) == []
    assert drafts


def test_an_issue_that_is_none_and_one_with_nothing_to_say(ground: Ground) -> None:
    happen(ground, Incident())
    with visiting(ground) as visit:
        assert "Nothing waits for a yes" in visit.see(WAY)
        visit.see("/console/issues/GS-99/approvals", status=404)
        visit.see("/console/issues/nonsense/approvals", status=404)


def test_only_boxes_that_name_a_text_count() -> None:
    fields = {"text-1": "2:ab", "text-x": "1:ab", "text-2": "x:ab", "text-3": "", "note": "1:ab"}
    assert ticked(fields) == [Item(1, 2, "ab")]
