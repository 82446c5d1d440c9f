"""An installation whose page has something to publish: an issue, and the outbox's messages."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session, select

from classifiers.tables import Issue
from config.clock import FixedClock
from config.database import transaction
from config.ground import Ground
from listener.tables import Source, SourceState
from responders.delivery.channels.base import Message, Receipt
from responders.page.folder import folder_of
from responders.page.publish import PagePublisher, publish_due
from responders.page.tables import Incident as IncidentRow
from responders.page.tables import IncidentUpdate
from tests.conftest import NOON
from tests.responders.incidents import Incident, Said, happen

SAID = "Notes do not sync\n\nWe know that notes do not sync."


@dataclass
class Office:
    """A publisher and the times it works at."""

    ground: Ground
    at: datetime = NOON
    machine: datetime = NOON
    number: int = field(default=0)

    @property
    def now(self) -> Ground:
        """The installation at the time it is."""
        return replace(self.ground, clock=FixedClock(self.at))

    @property
    def folder(self) -> Path:
        return folder_of(self.ground.settings)

    def issue(self, title: str = "Notes do not sync") -> int:
        """Let an issue happen."""
        return happen(self.ground, Incident(said=[Said(), Said(thread="t2")], title=title))

    def message(self, issue: int, phase: str = "investigating", **given: object) -> Message:
        """Return a message as the outbox hands it over."""
        self.number += 1
        target = {
            "issue_id": issue,
            "phase": phase,
            "severity": given.get("severity", "major"),
            "next_update_by": given.get("due", "2026-05-12T16:00:00Z"),
            "started_at": "2026-05-12T11:00:00Z",
        }
        text = str(given.get("text", SAID))
        return Message(key=f"page|{issue}|update|{self.number}", text=text, target=target)

    def say(self, issue: int, phase: str = "investigating", **given: object) -> Receipt:
        """Publish an update."""
        return PagePublisher(self.now).publish(self.message(issue, phase, **given))

    def past(self, count: int) -> list[int]:
        """Let so many incidents have been published, 11 hours apart; every 20th is still open."""
        first = self.issue()
        issues = [first]
        with transaction(self.ground.engine) as session:
            known = session.get_one(Issue, first)
            for _ in range(count - 1):
                row = Issue(**known.model_dump(exclude={"id"}))
                session.add(row)
                session.flush()
                issues.append(row.id or 0)
            for number, issue in enumerate(issues):
                _publish_past(session, issue, number, self.at + timedelta(hours=11 * number))
        self.at += timedelta(hours=11 * count)
        return issues

    def write(self) -> int:
        """Write what is due."""
        return publish_due(self.now, machine=FixedClock(self.machine))

    def later(self, **span: float) -> None:
        """Let time pass on both clocks."""
        self.at += timedelta(**span)
        self.machine += timedelta(**span)

    def files(self, folder: Path | None = None) -> dict[str, bytes]:
        """Return what stands in the folder, hidden files left out."""
        root = folder or self.folder
        return {
            str(file.relative_to(root)): file.read_bytes()
            for file in sorted(root.rglob("*"))
            if file.is_file() and not file.name.startswith(".")
        }

    def listen(self, **values: object) -> None:
        """Let the sources have been looked at."""
        given = {"state": SourceState.OK, "last_heard_at": self.at, "posts_seen": True, **values}
        with transaction(self.ground.engine) as session:
            for source in session.exec(select(Source)).all():
                for name, value in given.items():
                    setattr(source, name, value)
                session.add(source)


def _publish_past(session: Session, issue: int, number: int, at: datetime) -> None:
    status = "investigating" if number % 20 == 0 else "resolved"
    incident = IncidentRow(
        public_id=f"gs-{issue}", issue_id=issue, name=f"Trouble {number}", status=status,
        impact="minor", started_at=at, created_at=at, updated_at=at,
        resolved_at=at if status == "resolved" else None,
    )  # fmt: skip
    session.add(incident)
    session.flush()
    session.add(
        IncidentUpdate(
            incident_id=incident.id or 0, delivery_key=f"past|{number}", name=incident.name,
            status=status, body="We know.", created_at=at,
        )
    )  # fmt: skip
