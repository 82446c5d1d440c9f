from sqlmodel import select

from config.database import reading
from config.ground import Ground
from responders.decisions.tables import Approval
from responders.voice.words.drafting import digest
from tests.responders.console.rooms import TEXT, propose, stored, visiting
from tests.responders.incidents import Incident, happen

BAD = f"{TEXT} It will be fixed by tomorrow <b>ASAP</b>."


def test_findings_stand_beside_the_text_and_on_its_words(ground: Ground) -> None:
    draft = propose(ground, happen(ground, Incident()))
    with visiting(ground) as visit:
        visit.do(f"/console/drafts/{draft}/edit", text=BAD, version=1)
        page = visit.see(f"/console/drafts/{draft}")
        assert '<span class="lint block">fixed by tomorrow</span>' in page
        assert "No date for a fix: nobody of ours approved one." in page
        assert "Better: <bdi>Say when the next word comes" in page
        assert "<code>fix-date</code>" in page
        assert "<b>Warning:</b>" in page
        assert "<b>ASAP</b>" not in page
        assert 'name="override"' in page
        blocks, warnings = page.count("<b>Block:</b>"), page.count("<b>Warning:</b>")
        assert blocks > 1
        assert warnings > 1
        told = f"{blocks} blocks, {warnings} warnings"
        assert told in visit.see("/console/issues/GS-1")


def test_a_block_is_refused_in_place_and_passes_with_a_reason(ground: Ground) -> None:
    draft = propose(ground, happen(ground, Incident()))
    with visiting(ground) as visit:
        visit.do(f"/console/drafts/{draft}/edit", text=BAD, version=1)
        refused = visit.approve(draft, status=403, text=BAD, version=2)
        assert "fix-date: No date for a fix" in refused
        visit.do(
            f"/console/drafts/{draft}/approve",
            version=2,
            text_sha256=digest(BAD),
            override="They know.",
        )
    with reading(ground.engine) as session:
        assert session.exec(select(Approval.override)).all() == ["They know."]


def test_nobody_is_asked_for_a_reason_where_nothing_is_blocked(ground: Ground) -> None:
    draft = propose(ground, happen(ground, Incident()))
    with visiting(ground) as visit:
        visit.do(f"/console/drafts/{draft}/edit", text=f"{TEXT} More ASAP.", version=1)
        page = visit.see(f"/console/drafts/{draft}")
        assert '<span class="lint">ASAP</span>' in page
        assert 'name="override"' not in page
        visit.approve(draft, text=f"{TEXT} More ASAP.", version=2)
        assert stored(ground, draft).state == "approved"
        assert 'class="finds"' not in visit.see(f"/console/drafts/{draft}")
