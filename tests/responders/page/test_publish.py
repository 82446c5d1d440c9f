import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from classifiers.tables import Issue, Release
from config.database import reading, transaction
from config.errors import PermanentError
from config.settings import load_settings
from responders.delivery.channels.base import Message, Receipt
from responders.page.publish import PagePublisher, build_to, split, trouble
from responders.page.tables import Incident, IncidentUpdate
from responders.page.writing import PageUnwritable
from tests.conftest import NOON
from tests.responders.page.published import SAID, Office


def _incident(office: Office) -> Incident:
    with reading(office.ground.engine) as session:
        return session.exec(select(Incident)).one()


def _updates(office: Office) -> list[IncidentUpdate]:
    with reading(office.ground.engine) as session:
        return list(session.exec(select(IncidentUpdate).order_by("id")).all())


def test_the_first_update_makes_the_incident(office: Office) -> None:
    issue = office.issue()
    receipt = office.say(issue)
    one = _incident(office)
    assert (one.public_id, one.name, one.status) == (
        f"gs-{issue}",
        "Notes do not sync",
        "investigating",
    )
    assert (one.impact, one.started_at) == ("major", NOON - timedelta(hours=1))
    assert one.next_update_by == NOON + timedelta(hours=4)
    assert [row.body for row in _updates(office)] == ["We know that notes do not sync."]
    assert receipt.url == f"http://127.0.0.1:8080/incidents/gs-{issue}"
    assert receipt.remote_id == f"gs-{issue}-{_updates(office)[0].id}"


def test_the_same_key_publishes_once(office: Office) -> None:
    message = office.message(office.issue())
    publisher = PagePublisher(office.now)
    first = publisher.publish(message)
    office.later(minutes=5)
    assert PagePublisher(office.now).publish(message) == first
    assert publisher.published(message.key) == first
    assert len(_updates(office)) == 1
    assert publisher.published("page|7|update|7") is None


def test_eight_at_once_publish_once(office: Office) -> None:
    message = office.message(office.issue())
    receipts: list[Receipt] = []

    def publish() -> None:
        receipts.append(PagePublisher(office.now).publish(message))

    threads = [threading.Thread(target=publish) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(receipts)) == 1
    assert len(receipts) == 8
    assert len(_updates(office)) == 1


def test_states_set_their_times_and_a_resolved_issue_can_come_back(office: Office) -> None:
    issue = office.issue()
    office.say(issue)
    office.later(minutes=10)
    office.say(issue, "monitoring")
    office.later(minutes=10)
    office.say(issue, "resolved", due=None, text="Notes sync again\n\nIt is fixed.")
    one = _incident(office)
    assert one.name == "Notes sync again"
    assert one.monitoring_at == NOON + timedelta(minutes=10)
    assert one.resolved_at == NOON + timedelta(minutes=20)
    assert one.next_update_by is None
    office.later(minutes=10)
    office.say(issue)
    back = _incident(office)
    assert (back.status, back.resolved_at) == ("investigating", None)
    assert back.next_update_by is not None
    assert [row.status for row in _updates(office)] == [
        "investigating", "monitoring", "resolved", "investigating",
    ]  # fmt: skip


def test_a_clock_set_back_never_puts_an_update_before_the_last(office: Office) -> None:
    issue = office.issue()
    office.say(issue)
    office.later(minutes=-30)
    office.say(issue, "identified")
    first, second = _updates(office)
    assert second.created_at >= first.created_at
    assert _incident(office).updated_at == second.created_at


@pytest.mark.parametrize(
    ("severity", "impact"),
    [("cosmetic", "none"), ("minor", "minor"), ("critical", "critical"), ("strange", "minor")],
)
def test_severities_become_impacts(office: Office, severity: str, impact: str) -> None:
    office.say(office.issue(), severity=severity)
    assert _incident(office).impact == impact


@pytest.mark.parametrize("text", ["Only a title", "\n\n", "Title\n\n \u200b", " "])
def test_a_text_without_title_or_body_is_no_update(text: str) -> None:
    with pytest.raises(PermanentError, match="needs a title, an empty line and a text"):
        split(text)


def test_title_and_body_are_told_apart() -> None:
    assert split("A\n\nb\n\nc\n") == ("A", "b\n\nc")
    assert split("A\nb") == ("A", "b")


@pytest.mark.parametrize(
    "change",
    [
        {"issue_id": None},
        {"phase": "new"},
        {"started_at": "yesterday"},
        {"next_update_by": "2026-05-12T16:00:00"},
    ],
)
def test_a_message_for_elsewhere_is_refused_with_the_reason(
    office: Office, change: dict[str, object]
) -> None:
    good = office.message(office.issue())
    bad = Message(key=good.key, text=SAID, target={**good.target, **change})
    with pytest.raises(PermanentError, match=next(iter(change))):
        PagePublisher(office.now).publish(bad)
    assert _updates(office) == []


def test_an_unwritable_folder_is_named_and_stops_nobody(office: Office) -> None:
    office.folder.write_text("a file where the folder should be", encoding="utf-8")
    issue = office.issue()
    assert office.say(issue).url
    assert office.write() == 0
    assert "page cannot be written" in str(trouble(office.ground.settings))
    assert "[page] dir" in str(trouble(office.ground.settings))
    office.folder.unlink()
    office.later(seconds=29)
    assert office.write() == 0
    office.later(seconds=1)
    assert office.write() > 10
    assert trouble(office.ground.settings) is None


def test_a_build_into_an_unwritable_folder_fails_with_the_remedy(
    office: Office, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.write_text("", encoding="utf-8")
    with pytest.raises(PageUnwritable, match="make the folder writable"):
        build_to(office.now, out)


def test_the_address_of_the_page_is_the_operators(office: Office, tmp_path: Path) -> None:
    environ = {"GROUNDSWELL__PAGE__URL": "https://example.org/known"}
    settings = load_settings(None, environ=environ, plugins={})
    office.ground = type(office.ground)(
        settings=settings, engine=office.ground.engine, clock=office.ground.clock,
        key=office.ground.key, holder=office.ground.holder,
    )  # fmt: skip
    issue = office.issue()
    assert office.say(issue).url == f"https://example.org/known/incidents/gs-{issue}"
    build_to(office.now, tmp_path / "out")
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert 'href="/known/assets/page.css"' in page


HELP = "Pair it again from the menu."


def helps(office: Office, issue: int, text: str | None) -> None:
    """Let somebody vouch for a way around, or take it back."""
    with transaction(office.ground.engine) as session:
        row = session.get_one(Issue, issue)
        kept = {"text": text, "post_id": None, "quoted": False, "by": "Ruth"}
        row.workaround = kept if text else None
        session.add(row)


def test_an_entry_tells_a_way_around_only_where_an_approved_text_says_it(office: Office) -> None:
    issue = office.issue()
    helps(office, issue, HELP)
    office.say(issue)
    assert _incident(office).known == {}
    office.say(issue, text=f"Notes hang\n\nWe know. Until then this may help: {HELP}")
    assert _incident(office).known == {"workaround": [HELP]}
    office.say(issue, "monitoring", text="Notes hang\n\nWe made a change.")
    assert _incident(office).known == {"workaround": [HELP]}, "it is history, and stays"


def test_a_way_around_that_was_taken_back_leaves_with_the_next_update(office: Office) -> None:
    issue = office.issue()
    helps(office, issue, HELP)
    office.say(issue, text=f"Notes hang\n\nUntil then this may help: {HELP}")
    helps(office, issue, None)
    office.say(issue, text="Notes hang\n\nStill so.")
    assert _incident(office).known == {}


def test_an_entry_tells_who_is_affected_where_an_approved_text_names_what_people_told(
    office: Office,
) -> None:
    issue = office.issue()
    with transaction(office.ground.engine) as session:
        row = session.get_one(Issue, issue)
        told = {"people": 3, "quotes": []}
        row.facts = {
            "versions": [{"value": "5.2", **told}, {"value": "5.1", **told}],
            "platforms": [{"value": "Windows", **told}],
        }
        session.add(row)
        at = row.first_seen_at
        session.add(
            Release(
                product_id=row.product_id,
                version="5.2.1",
                released_at=at + timedelta(hours=1),
                source="ruth",
                heard_at=at,
            )
        )
    office.say(issue, text="Notes hang\n\nWe know about this problem: “it hangs”.")
    assert _incident(office).known == {"symptoms": ["it hangs"]}
    office.say(issue, "identified", text="Notes hang\n\nWhat we found: 5.2 hangs on Windows.")
    office.say(issue, "resolved", text="Notes hang\n\nWhat we did: 5.2.1 ends it.")
    assert _incident(office).known == {
        "symptoms": ["it hangs"], "affected_versions": ["5.2"], "platforms": ["Windows"],
        "fixed_in": "5.2.1",
    }  # fmt: skip


def test_an_entry_tells_the_language_of_its_newest_text(office: Office) -> None:
    message = office.message(office.issue())
    german = replace(message, target={**message.target, "language": "de"})
    PagePublisher(office.now).publish(german)
    assert _incident(office).known["language"] == "de"
