"""Who is owed a word: which entry of the page and which told threads do not say the phase yet.

Rules over plain rows, nothing is read here. A no to a text in a phase is final for that phase; what
a thread was told counts for the whole family of merged issues.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from responders.voice.leave.withholding import FOR_A_PERSON
from responders.voice.ledger.casebook import FINAL, STAYED, Case
from responders.voice.ledger.promises import reminder_at
from responders.voice.store_respond import TOLD_LATE
from responders.voice.tables import Draft, DraftState


@dataclass(frozen=True)
class PageWord:
    """An update that an entry of the page is owed."""

    before: Draft | None
    """What it says now; None while it is not published."""
    still: bool
    """It says this phase already, and only the promised word is due."""


def page_word(case: Case, entry: int, *, now: datetime) -> PageWord | None:
    """Return what an entry is owed, drafts on their way left aside; None when it is up to date."""
    before = case.published(entry)
    if _refused(case.page_drafts(entry), case.phase, after=before.id if before else None):
        return None
    if before is None:
        # Nobody was told of anything: then there is nothing to say at the end either.
        return None if case.is_resolved and not case.told else PageWord(None, still=False)
    if before.phase != case.phase:
        return PageWord(before, still=False)
    if case.is_resolved or not spent(case, entry, now=now):
        return None
    return PageWord(before, still=True)


def spent(case: Case, entry: int, *, now: datetime) -> Sequence[datetime]:
    """Return the promises of an entry of whose time three quarters are over."""
    return [
        row.due_at for row in case.promises_of(entry) if now >= reminder_at(row.made_at, row.due_at)
    ]


def owed_threads(case: Case) -> Sequence[int]:
    """Return the told threads that do not know the phase yet, drafts on their way left aside."""
    return [
        thread_id
        for thread_id, last in case.last_told().items()
        if last.phase != case.phase
        and not _refused(case.in_thread(thread_id), case.phase, after=last.draft_id)
    ]


def kept_silent(case: Case, *, now: datetime) -> Sequence[Draft]:
    """Return the silences that rules keep where a word is owed, the last of each thread.

    What a person decided is final, what only a person may answer stays theirs, and where a message
    of ours may stand already nothing is proposed beside it.
    """
    waiting = {row.thread_id for row in case.live}
    last = {row.thread_id: row for row in case.drafts if row.thread_id not in {None, *waiting}}
    return [row for row in last.values() if _is_kept(row, case) and _is_owed(row, case, now)]


def _is_kept(row: Draft, case: Case) -> bool:
    message = case.deliveries.get(row.id or 0)
    return (
        row.state is DraftState.SILENT
        and not row.decided_by
        and not row.reason.startswith(FOR_A_PERSON)
        and (message is None or message.state in STAYED)
    )


def _is_owed(row: Draft, case: Case, now: datetime) -> bool:
    told = case.last_told().get(row.thread_id or 0)
    if told is None or told.phase == case.phase:
        return told is None and not case.is_resolved
    return not case.is_resolved or row.created_at > now - TOLD_LATE


def _refused(drafts: Sequence[Draft], phase: str, *, after: int | None) -> bool:
    """Tell whether somebody said no to this phase since the last text that stands there."""
    return any(
        row.state in FINAL and row.phase == phase and (row.id or 0) > (after or 0) for row in drafts
    )
