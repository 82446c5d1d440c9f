"""What one issue needs now: drafts to make, drafts to exchange, drafts that were overtaken.

The plan is made of rows that were read and changes nothing, so the pass may make it twice: once to
see whether there is anything to do, and once more in the transaction that does it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from responders.voice import store_respond as store
from responders.voice.addressing import PAGE
from responders.voice.freshness import Proposed, why_renew
from responders.voice.knowing_who import WHY, FirstReplies, is_untouched
from responders.voice.ledger.followups import PageWord, owed_threads, page_word
from responders.voice.proposing import Desk
from responders.voice.store import opener_roles
from responders.voice.store_respond import Reported
from responders.voice.tables import Draft, DraftState
from responders.voice.watching.calling_back import answered_by_ours

ACK, UPDATE = "ack", "update"


@dataclass(frozen=True)
class Make:
    """A draft that is not there yet."""

    draft: Draft


@dataclass(frozen=True)
class Exchange:
    """Another text for a draft nobody decided on."""

    old: Draft
    new: Draft
    reason: str


@dataclass(frozen=True)
class Overtake:
    """A draft nobody decided on, which is not wanted any more."""

    old: Draft
    reason: str


Change = Make | Exchange | Overtake


def plan(desk: Desk) -> Sequence[Change]:
    """Return everything an issue needs, the page first."""
    plan = _Plan(desk)
    waiting = [plan.of_waiting(row) for row in desk.case.undecided]
    return [
        *(change for change in waiting if change),
        *plan.pages(),
        *plan.follow_ups(),
        *plan.first_replies(),
    ]


@dataclass(frozen=True)
class _Plan:
    desk: Desk

    @cached_property
    def first_replies_waiting(self) -> FirstReplies:
        """Those that wait, with what was read for all of them."""
        return FirstReplies(self.desk)

    def of_waiting(self, row: Draft) -> Change | None:
        """Return what becomes of a draft that waits for a decision."""
        if row.channel == PAGE:
            return self._of_waiting_page(row)
        return self._of_waiting_reply(row)

    def _of_waiting_page(self, row: Draft) -> Change | None:
        case, desk = self.desk.case, self.desk
        if row.issue_id not in case.entries:
            return Overtake(row, f"it became part of GS-{case.id}")
        before = case.published(row.issue_id)
        word = page_word(case, row.issue_id, now=desk.now)
        if word is None and before and row.phase == case.phase and not case.is_resolved:
            word = PageWord(before, still=True)  # a person wants to say more than was promised
        if word is None:
            return Overtake(row, "there is nothing to say about it any more")
        link = desk.link_of(row.issue_id if before else None)
        why = self._why(row, link, desk.page_due(row.issue_id, row))
        if why is None and not row.edited_by and self._is_renamed(row, before):
            why = "the issue has another name"
        if why is None and not desk.says_who(row) and is_untouched(desk, row):
            why = WHY
        if why is None:
            return None
        new = desk.page(row.issue_id, word, row)
        said = (new.text, new.phase, new.next_update_by)
        if said == (row.text, row.phase, row.next_update_by):
            return None  # an operator's own words may leave that out
        return Exchange(row, new, _said(row, why))

    def _is_renamed(self, row: Draft, before: Draft | None) -> bool:
        title = self.desk.title(before)
        return not self.desk.packs.is_untitled(title) and row.text.partition("\n")[0] != title

    def _of_waiting_reply(self, row: Draft) -> Change | None:
        case, desk = self.desk.case, self.desk
        if row.issue_id != case.id:
            return Overtake(row, f"it became part of GS-{case.id}")
        last = case.last_told().get(row.thread_id or 0)
        if last is not None and last.phase == case.phase and row.phase != case.phase:
            return Overtake(row, "the thread was told so already")
        if last is None and case.is_resolved:
            return Overtake(row, "the issue was resolved before anybody was told here")
        why = self._why(row, desk.link, desk.kept_due(row))
        if why is None:
            better = self.first_replies_waiting.better(row)
            return Exchange(row, better, _said(row, WHY)) if better else None
        posts = store.reported_in(desk.session, case.family, row.thread_id or 0)
        if not posts:
            return Overtake(row, why)
        new = desk.reply("update" if last else "ack", posts, row)
        return Exchange(row, new, _said(row, why))

    def _why(self, row: Draft, link: str, due: datetime | None) -> str | None:
        desk = self.desk
        proposed = Proposed(
            phase=row.phase,
            link=link in row.text.split(),
            due=row.next_update_by,
            edited_by=row.edited_by,
            helps=desk.says_workaround(row),
            punctual=desk.opens_well(row),
            reworded=store.was_edited(desk.session, row),
        )
        return why_renew(proposed, phase=desk.case.phase, due=due, now=desk.now)

    def pages(self) -> Iterator[Change]:
        """Yield the update of each entry of the family that is owed one."""
        case, desk = self.desk.case, self.desk
        for entry in case.entries:
            rows = case.page_drafts(entry)
            if any(row in case.live for row in rows):
                continue
            word = page_word(case, entry, now=desk.now)
            if word is not None:
                sent = sum(row.state is DraftState.SENT for row in rows)
                yield self._placed(desk.page(entry, word), f"page|{entry}|update|", sent + 1)

    def follow_ups(self) -> Iterator[Change]:
        """Yield the follow-up of each told thread that does not know the phase yet."""
        case = self.desk.case
        owed = owed_threads(case)
        known = dict.fromkeys(owed, case.since) if case.since else {}
        answered = answered_by_ours(self.desk.session, known)
        for thread_id in owed:
            rows = case.in_thread(thread_id)
            if thread_id in answered or any(row in case.live for row in rows):
                continue
            posts = store.reported_in(self.desk.session, case.family, thread_id)
            if posts:  # else whoever we told took everything back, or the thread was closed
                number = sum(row.thread_id == thread_id for row in case.told)
                key = f"thread:{thread_id}|{case.id}|update|"
                yield self._placed(self.desk.reply("update", posts), key, number)

    def first_replies(self) -> Iterator[Change]:
        """Yield the acknowledgement of each thread that has none, up to the operator's number."""
        case, desk = self.desk.case, self.desk
        if case.is_resolved:
            return
        known = sum(row.kind == ACK and row.state is not DraftState.STALE for row in case.drafts)
        room = desk.ground.settings.voice.drafts_per_issue - known
        told = case.last_told()
        threads = [posts for posts in self._unanswered() if posts[0].thread.id not in told]
        for posts in threads[: max(room, 0)]:
            key = f"thread:{posts[0].thread.id}|{case.id}|ack|"
            yield self._placed(desk.reply("ack", posts), key, 1)

    def _unanswered(self) -> Sequence[Sequence[Reported]]:
        """Return the unanswered posts by thread, without those that staff or bots opened."""
        by_thread: dict[int, list[Reported]] = {}
        for found in store.unanswered(self.desk.session, self.desk.case.family):
            by_thread.setdefault(found.thread.id or 0, []).append(found)
        roles = opener_roles(self.desk.session, by_thread) if by_thread else {}
        since = {thread: found[0].post.published_at for thread, found in by_thread.items()}
        answered = answered_by_ours(self.desk.session, since)
        return [
            found
            for thread, found in by_thread.items()
            if roles.get(thread) is None and thread not in answered
        ]

    def _placed(self, new: Draft, prefix: str, number: int) -> Change:
        """Put a text into the row that was overtaken under its key, or into a row of its own.

        A number that a person decided on is never used again.
        """
        rows = [row for row in self.desk.case.drafts if row.key.startswith(prefix)]
        for row in rows:
            if row.state is DraftState.STALE:
                return Exchange(row, new, new.reason)
        ends = [row.key.removeprefix(prefix) for row in rows]
        used = [int(end) for end in ends if end.isdecimal()]
        new.key = f"{prefix}{max([number, *(n + 1 for n in used)])}"
        return Make(new)


def _said(row: Draft, why: str) -> str:
    """Return what a person should know of an exchange: only that their own words were set aside."""
    return f"what {row.edited_by} wrote was set aside: {why}" if row.edited_by else ""
