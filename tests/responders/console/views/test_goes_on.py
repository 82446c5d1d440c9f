"""What an issue's page says of how it goes on, and what can be decided there."""

from typing import Any

from config.database import transaction
from config.ground import Ground
from responders.decisions.acting import Role
from responders.oncall.tables import Suggestion, Ticket, TicketState
from responders.voice.ledger.silences import tell_of_silences
from tests.conftest import NOON
from tests.responders.console.rooms import visiting, words
from tests.responders.decisions.deciding import events, issue, page_draft
from tests.responders.incidents import Incident, Said, happen
from tests.responders.voice.acts import later, pages, send

SEVERAL = Incident(said=[Said(thread=name) for name in "abcd"])


def suggest(ground: Ground, number: int) -> int:
    with transaction(ground.engine) as session:
        ticket = Ticket(
            product_id=1, issue_id=number, api_url="https://api.github.com", number=7,
            repository="acme/app", url="https://github.com/acme/app/issues/7", by="ruth", at=NOON,
            state=TicketState.COMPLETED, next_due_at=NOON,
        )  # fmt: skip
        session.add(ticket)
        row = Suggestion(
            key="k", product_id=1, issue_id=number, made_at=NOON, state="monitoring",
            reason="ticket acme/app#7 is done",
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id or 0


def test_two_clocks_run_until_they_stop(ground: Ground) -> None:
    number = happen(ground, SEVERAL)
    with visiting(later(ground, hours=1)) as visit:
        said = words(visit.see(f"/console/issues/GS-{number}"))
    assert "First public word not yet, 1 h 10 min so far Acted not yet, 1 h 10 min so far" in said
    page_draft(ground, number)
    send(later(ground, minutes=20), pages(ground, number)[0])
    with visiting(ground, "tom") as visit:
        assert "First public word after 30 min" in words(visit.see(f"/console/issues/GS-{number}"))


def test_a_silence_is_said_above_all(ground: Ground) -> None:
    number = happen(ground, SEVERAL)
    tell_of_silences(later(ground, hours=4))
    with visiting(ground) as visit:
        said = words(visit.see(f"/console/issues/GS-{number}"))
    assert "People report it, and nothing was said in public since 12:00" in said


def test_a_suggestion_is_accepted_by_its_button(ground: Ground) -> None:
    number = happen(ground, SEVERAL)
    suggest(ground, number)
    with visiting(ground) as visit:
        page = visit.see(f"/console/issues/GS-{number}")
        assert "Ticket acme/app#7 is done." in words(page)
        assert "acme/app#7" in page
        visit.do(f"/console/issues/GS-{number}/state", state="monitoring")
        assert "is done." not in words(visit.see(f"/console/issues/GS-{number}"))
    assert issue(ground, number).state == "monitoring"


def test_a_suggestion_can_be_declined_and_changes_nothing(ground: Ground) -> None:
    number = happen(ground, SEVERAL)
    row = suggest(ground, number)
    with visiting(ground) as visit:
        led = visit.do(f"/console/issues/GS-{number}/decline", suggestion=row)
        assert led.endswith("did=decline")
        visit.do(f"/console/issues/GS-{number}/decline", suggestion=row, status=409)
    assert issue(ground, number).state == "new"


def test_a_viewer_sees_it_and_may_not_decide(ground: Ground) -> None:
    number = happen(ground, SEVERAL)
    row = suggest(ground, number)
    with visiting(ground, role=Role.VIEWER) as visit:
        assert "disabled" in visit.see(f"/console/issues/GS-{number}")
        visit.do(f"/console/issues/GS-{number}/decline", suggestion=row, status=403)


def test_how_it_ended_is_chosen_with_its_reason(ground: Ground) -> None:
    number = happen(ground, SEVERAL)
    form: dict[str, Any] = {"state": "resolved", "ended": "by-design"}
    with visiting(ground) as visit:
        told = visit.do(f"/console/issues/GS-{number}/state", status=403, **form)
        assert "say why" in words(told).lower()
        visit.do(f"/console/issues/GS-{number}/state", note="links end after a day", **form)
        assert "Ended It works as meant" in words(visit.see(f"/console/issues/GS-{number}"))
    assert events(ground, number)[-1].data["resolution"] == "by-design"
