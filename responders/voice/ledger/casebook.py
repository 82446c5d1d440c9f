"""Everything that was said and promised of one issue, read once so that rules can look at it.

An issue stands here for all that were merged into it: who was told of one of those is told of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlmodel import Session

from classifiers.corrections.resolutions import Resolution, resolution_of
from classifiers.tables import Issue
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice import store_respond as store
from responders.voice.addressing import PAGE
from responders.voice.phases import RESOLVED, phase_of
from responders.voice.store import LIVE
from responders.voice.tables import Draft, DraftState, Promise, Told
from responders.voice.words.recalling import Before

HUSHED = frozenset({"not-an-issue", "human-only"})
HUSHED_FOR_A_TIME = frozenset({"muted", "snoozed"})
"""The flags by which a person said that nothing is to be proposed."""
FINAL = (DraftState.REJECTED, DraftState.SILENT)
"""A no to a text in this phase; it is not asked again."""

STAYED = (DeliveryState.FAILED, DeliveryState.CANCELLED)
"""Deliveries that went nowhere, for certain: their drafts wait for a decision again."""


def hushed(flags: Iterable[str], until: datetime | None, *, now: datetime) -> bool:
    """Tell whether a person said that nothing is to be proposed, and still says so."""
    if HUSHED.intersection(flags):
        return True
    return bool(HUSHED_FOR_A_TIME.intersection(flags)) and (until is None or until > now)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One issue as the voice knows it."""

    issue: Issue
    family: Sequence[int]
    """The issue itself first, then those merged into it."""
    drafts: Sequence[Draft]
    """In the order they were made."""
    deliveries: Mapping[int, Delivery]
    """By draft."""
    told: Sequence[Told]
    """Oldest first."""
    unsettled: Sequence[Promise]
    note: str = ""
    resolution: Resolution | None = None
    """How it ended, where a person named the kind; the note is its reason."""
    avoid: str = ""
    """What a person of ours said helps that it does not come back."""
    since: datetime | None = None

    @property
    def id(self) -> int:
        """The issue's id."""
        return self.family[0]

    @property
    def phase(self) -> str:
        """What the public should be told now."""
        return phase_of(self.issue.state)

    @property
    def is_resolved(self) -> bool:
        """Whether nothing more is promised."""
        return self.phase == RESOLVED

    @cached_property
    def live(self) -> Sequence[Draft]:
        """The drafts that may still become a public text."""
        return [draft for draft in self.drafts if draft.state in LIVE]

    def page_drafts(self, issue_id: int) -> Sequence[Draft]:
        """Return the page's drafts for one of the family, in the order they were made."""
        return [row for row in self.drafts if row.channel == PAGE and row.issue_id == issue_id]

    def published(self, issue_id: int) -> Draft | None:
        """Return the newest text on the page for one of the family."""
        sent = [row for row in self.page_drafts(issue_id) if row.state is DraftState.SENT]
        return max(sent, key=self._order, default=None)

    def _order(self, draft: Draft) -> tuple[datetime, int]:
        delivery = self.deliveries.get(draft.id or 0)
        return (delivery and delivery.sent_at) or draft.created_at, draft.id or 0

    @cached_property
    def undecided(self) -> Sequence[Draft]:
        """The drafts that wait for a person, those of a send that went nowhere among them."""
        return [row for row in self.live if row.state is DraftState.PENDING or self._stayed(row)]

    def _stayed(self, draft: Draft) -> bool:
        delivery = self.deliveries.get(draft.id or 0)
        return delivery is not None and delivery.state in STAYED

    @cached_property
    def entries(self) -> Sequence[int]:
        """Those of the family whose entry on the page we keep: the issue's, and published ones."""
        return [one for one in self.family if one == self.id or self.published(one)]

    @cached_property
    def link_to(self) -> int | None:
        """The one whose entry a reply leads to; None while none is published."""
        return next((one for one in self.entries if self.published(one)), None)

    def promises_of(self, entry: int) -> Sequence[Promise]:
        """Return the unsettled promises whose word is due in an entry.

        What was promised of a merged issue without an entry is due in the issue's own.
        """
        return [
            row
            for row in self.unsettled
            if row.issue_id == entry or (entry == self.id and row.issue_id not in self.entries)
        ]

    def last_told(self) -> Mapping[int, Told]:
        """Return what each told thread was told last."""
        return {row.thread_id: row for row in self.told}

    def before(self, thread_id: int) -> Before | None:
        """Return what stands in a thread already."""
        last = self.last_told().get(thread_id)
        if last is None:
            return None
        said = next((row for row in self.drafts if row.id == last.draft_id), None)
        return Before(last.told_at, said.next_update_by if said else None)

    def broken(self, now: datetime) -> Sequence[datetime]:
        """Return the promised times that passed without a word anywhere."""
        return [row.due_at for row in self.unsettled if row.due_at <= now]

    def in_thread(self, thread_id: int) -> Sequence[Draft]:
        """Return the drafts for one thread, in the order they were made."""
        return [row for row in self.drafts if row.thread_id == thread_id]


def open_cases(
    session: Session, product_id: int, *, now: datetime, only: int | None = None
) -> Sequence[Case]:
    """Return the issues of a product that somebody may be owed a word about.

    Args:
        session: an open session.
        product_id: the product.
        now: when a mute or a snooze may have ended.
        only: no other issue than this one.
    """
    issues = [
        issue
        for issue in store.issues_to_tell_of(session, product_id, now=now)
        if only in {None, issue.id} and not hushed(issue.flags, issue.hushed_until, now=now)
    ]
    families = _families([issue.id or 0 for issue in issues], store.merges(session, product_id))
    return _cases(session, issues, families) if issues else []


def _families(roots: Sequence[int], parents: Mapping[int, int]) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = {root: [root] for root in roots}
    for child in sorted(parents):
        top, seen = child, {child}
        while top in parents and parents[top] not in seen:
            top = parents[top]
            seen.add(top)
        if top in found:
            found[top].append(child)
    return found


def _cases(
    session: Session, issues: Sequence[Issue], families: Mapping[int, list[int]]
) -> Sequence[Case]:
    everyone = [one for family in families.values() for one in family]
    drafts, told = store.drafts(session, everyone), store.told(session, everyone)
    unsettled = store.unsettled(session, everyone)
    deliveries = store.deliveries(session, everyone)
    changes = store.last_changes(session, list(families))
    cases = []
    for issue in issues:
        family = families[issue.id or 0]
        change = changes.get(issue.id or 0)
        cases.append(
            Case(
                issue=issue,
                family=family,
                drafts=[row for row in drafts if row.issue_id in family],
                deliveries=deliveries,
                told=[row for row in told if row.issue_id in family],
                unsettled=[row for row in unsettled if row.issue_id in family],
                note=str(change.data.get("note") or "") if change else "",
                resolution=resolution_of(change.data.get("resolution")) if change else None,
                avoid=str(change.data.get("avoid") or "") if change else "",
                since=change.at if change else None,
            )
        )
    return cases
