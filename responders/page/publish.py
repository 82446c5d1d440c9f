"""Publishing: an approved update becomes rows once, and the rows become files.

The two are apart: rows are written in one durable transaction when the outbox sends, files are
rendered whenever rows, promises or the heartbeat ask for it. So a full disk stops no delivery, and
a process killed between the two leaves files that the next run completes.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from classifiers.corrections.store_workarounds import workaround_of
from classifiers.facts import reported
from classifiers.register.store_releases import releases
from classifiers.store import issue_with_id
from classifiers.tables import Issue
from config import leases
from config.clock import Clock, SystemClock
from config.database import durable, reading
from config.errors import PermanentError
from config.ground import Ground
from config.logs import event_log
from config.settings import Settings
from responders.delivery.channels.base import Message, Receipt
from responders.delivery.inert import quoted
from responders.page import store, wording, writing
from responders.page.folder import Folder, folder_of, page_url
from responders.page.known import LANGUAGE, Reported, merged, read, still
from responders.page.snapshot import Impact, Status
from responders.page.tables import Incident, IncidentUpdate
from responders.page.writing import PageUnwritable

LEASE = "page"
IMPACT_OF = {"cosmetic": "none", "minor": "minor", "major": "major", "critical": "critical"}
"""What Statuspage's clients call our severities."""

WORKAROUND = "workaround"
LONGEST_HELP, RECOGNISED = 300, 60
"""Characters of a way around as an entry shows it, and so many tell that a text says it."""

log = event_log(__name__)


class Target(BaseModel):
    """What a message to the page holds beside its text (``voice.addressing``)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    issue_id: int
    phase: Status
    severity: str = "minor"
    next_update_by: datetime | None = None
    started_at: datetime
    language: str = ""

    @field_validator("next_update_by", "started_at")
    @classmethod
    def _zoned(cls, moment: datetime | None) -> datetime | None:
        if moment is not None and moment.tzinfo is None:
            raise ValueError("the time has no zone")
        return moment

    @property
    def impact(self) -> Impact:
        """Return how bad it is in the words of the page's interface."""
        return IMPACT_OF.get(self.severity, "minor")  # type: ignore[return-value]  # all are


class PagePublisher:
    """The page as the outbox sees it: publishing the same key twice publishes once."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground

    def publish(self, message: Message) -> Receipt:
        """Write an approved update in one durable transaction.

        Raises:
            PermanentError: the message is no update of the page.
        """
        target = _target(message)
        name, body = split(message.text)
        for last in (False, True):
            try:
                with durable(self.ground.engine) as session:
                    return self._publish(session, message.key, target, name, body)
            except IntegrityError:
                # Another process made the incident's first row this instant: it is there now.
                if last:
                    raise
        raise AssertionError("unreachable")

    def published(self, key: str) -> Receipt | None:
        """Return the proof that an update was published; None when it was not."""
        with reading(self.ground.engine) as session:
            known = store.update_with_key(session, key)
        return self._receipt(*known) if known else None

    def _publish(self, session: Session, key: str, target: Target, name: str, body: str) -> Receipt:
        known = store.update_with_key(session, key)
        if known is not None:
            return self._receipt(*known)
        incident = store.incident_to_change(session, target.issue_id)
        now = self.ground.clock.now()
        if incident is None:
            incident = _first(target, name, now)
            store.add_incident(session, incident)
        now = max(now, incident.updated_at)  # an update is never older than the one before it
        _move(incident, target, name, now)
        incident.known = _told(session, incident.known or {}, target, name, body)
        update = IncidentUpdate(
            incident_id=incident.id or 0,
            delivery_key=key,
            name=name,
            status=target.phase,
            body=body,
            next_update_by=incident.next_update_by,
            created_at=now,
        )
        store.add_update(session, incident, update)
        log.info("update_published", incident=incident.public_id, phase=target.phase)
        return self._receipt(update, incident)

    def _receipt(self, update: IncidentUpdate, incident: Incident) -> Receipt:
        return Receipt(
            remote_id=f"{incident.public_id}-{update.id}",
            url=f"{page_url(self.ground.settings)}incidents/{incident.public_id}",
            at=update.created_at,
        )


def _told(
    session: Session, known: Mapping[str, Any], target: Target, name: str, body: str
) -> dict[str, Any]:
    """Return what an entry tells beside its texts, once another text is published."""
    issue = issue_with_id(session, target.issue_id)
    while issue is not None and issue.merged_into is not None:
        issue = issue_with_id(session, issue.merged_into)
    credited = workaround_of(session, issue) if issue else None
    helps = quoted(credited.found.text, LONGEST_HELP) if credited else ""
    said = read(
        name, body, target.phase, _reported(session, issue) if issue else Reported(), helps=helps
    )
    kept = merged(_known(known, body, target.phase, helps), said, phase=target.phase)
    return kept | ({LANGUAGE: target.language} if target.language else {})


def _reported(session: Session, issue: Issue) -> Reported:
    """Return what people told of an issue, and what came out since it began."""
    since = issue.first_seen_at
    return Reported(
        versions=[one.value for one in reported(issue.facts, "versions")],
        platforms=[one.value for one in reported(issue.facts, "platforms")],
        releases=[
            row.version for row in releases(session, issue.product_id) if row.released_at >= since
        ],
    )


def _known(known: Mapping[str, Any], body: str, phase: str, helps: str) -> dict[str, Any]:
    """Return what else the entry tells: a way around only where the approved text says it.

    Once a change was made against it, what was told before stays as history.
    """
    if helps and helps[:RECOGNISED].rstrip("….") in " ".join(body.split()):
        return {**known, WORKAROUND: [helps]}
    if phase in {"investigating", "identified"}:
        return {name: value for name, value in known.items() if name != WORKAROUND}
    return dict(known)


def told_still(known: Mapping[str, Any], bodies: Sequence[str]) -> dict[str, Any]:
    """Return what else an entry tells once some words were erased: only what is told still."""
    told = [" ".join(body.split()) for body in bodies]
    kept = [
        helps
        for helps in known.get(WORKAROUND, ())
        if any(str(helps)[:RECOGNISED].rstrip("….") in body for body in told)
    ]
    rest = {name: value for name, value in known.items() if name != WORKAROUND}
    return still(rest, bodies) | ({WORKAROUND: kept} if kept else {})


def split(text: str) -> tuple[str, str]:
    r"""Return the title and the body of an approved text, which is ``"Title\n\nBody"``.

    Raises:
        PermanentError: one of them is missing.
    """
    name, _, body = text.strip().partition("\n")
    if not wording.paragraphs(name) or not wording.paragraphs(body):
        raise PermanentError(
            "a page update needs a title, an empty line and a text; edit the draft and approve it"
        )
    return name.strip(), body.strip()


def _target(message: Message) -> Target:
    try:
        return Target.model_validate(dict(message.target))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise PermanentError(
            f"the message is no update of the page: {place} {first['msg'].lower()}"
        ) from error


def _first(target: Target, name: str, now: datetime) -> Incident:
    return Incident(
        public_id=f"gs-{target.issue_id}",
        issue_id=target.issue_id,
        name=name,
        status=target.phase,
        impact=target.impact,
        started_at=min(target.started_at, now),
        created_at=now,
        updated_at=now,
    )


def _move(incident: Incident, target: Target, name: str, now: datetime) -> None:
    """Make of an incident what its newest update says."""
    resolved = target.phase == "resolved"
    if target.phase == "monitoring" and incident.status != "monitoring":
        incident.monitoring_at = now
    if target.phase == "monitoring" and incident.monitoring_at is None:
        incident.monitoring_at = now
    incident.name, incident.status, incident.impact = name, target.phase, target.impact
    incident.updated_at = now
    incident.resolved_at = now if resolved else None
    incident.next_update_by = None if resolved else target.next_update_by


# Files ------------------------------------------------------------------------------------------

RETRY = timedelta(seconds=30)
"""Machine time between two tries at a folder that refuses."""
_refused: dict[Path, datetime] = {}
"""When each folder last refused: the pass comes by every second and need not ask each time."""


def publish_due(ground: Ground, *, machine: Clock | None = None) -> int:
    """Write the page's files where rows changed, a promise fell due or the heartbeat is old.

    A folder that cannot be written is warned of in the log and tried again after 30 s; it stops
    nobody, and ``trouble`` tells it too. Quick when there is nothing to do.

    Args:
        ground: what the pass stands on; its clock says what is overdue.
        machine: what the heartbeat and the lease run on, by default the machine's clock.

    Returns:
        How many files changed.
    """
    machine = machine or SystemClock()
    folder = Folder(ground, folder_of(ground.settings), machine)
    last = _refused.get(folder.path)
    if last is not None and timedelta() <= machine.now() - last < RETRY:
        return 0
    try:
        if not folder.due():
            return 0
        with leases.holding(ground.engine, LEASE, clock=machine, holder=ground.holder) as held:
            changed = 0 if held is None else folder.write()
    except leases.LeaseLost:
        return 0
    except PageUnwritable as error:
        _refused[folder.path] = machine.now()
        log.warning("page_unwritten", reason=str(error))
        return 0
    _refused.pop(folder.path, None)
    return changed


def build_to(ground: Ground, out: Path, *, machine: Clock | None = None) -> int:
    """Write the whole page into a folder of the caller's choice; return how many files changed.

    Raises:
        PageUnwritable: the folder cannot be written.
    """
    return Folder(ground, out, machine or SystemClock()).write_everything()


def trouble(settings: Settings) -> str | None:
    """Return what keeps the page from being written, with the remedy; None when nothing does."""
    return writing.trouble(folder_of(settings))
