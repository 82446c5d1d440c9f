"""What a place, an author or a lane makes of the plan: texts fall silent, wait, or say a line more.

Apart from the plan, because that says what is owed, and this what is allowed. The reason of every
silence stands in the draft, so that a person sees it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from listener.minding.erasing import ERASED
from listener.tables import Post, Source, Thread
from responders.voice import store_respond
from responders.voice.leave import store_policy as store
from responders.voice.leave.declared_policies import host_of, policy_of
from responders.voice.leave.policy import (
    Answer,
    DeclaredPolicy,
    PlacePolicy,
    PostFacts,
    ThreadFacts,
    Verdict,
    may_answer,
)
from responders.voice.leave.store_policy import Reply
from responders.voice.leave.wishes import Wishes, wishes
from responders.voice.leave.withholding import FOR_A_PERSON, REASONS, Lane
from responders.voice.ledger.followups import kept_silent
from responders.voice.planning import UPDATE, Change, Exchange, Make, Overtake, plan
from responders.voice.proposing import BY_HAND, Desk
from responders.voice.store_respond import Reported
from responders.voice.tables import Draft, DraftState
from responders.voice.watching.calling_back import answered_by_ours
from responders.voice.words.drafting import digest

NEVER_SAID = frozenset({"it is our own", "a bot wrote it"})
"""For these no silence is kept either: nobody waits for an answer."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
KEPT = (
    "key", "product_id", "issue_id", "thread_id", "post_id", "post_revision", "kind", "phase",
    "channel", "language", "created_at",
)  # fmt: skip


def permitted_plan(desk: Desk) -> Sequence[Change]:
    """Return everything an issue needs that may be done, and what must stop."""
    rules = _Rules(desk)
    changes = plan(desk)
    seen = {change.old.id for change in changes if not isinstance(change, Make)}
    waiting = [row for row in desk.case.undecided if row.id not in seen and row.thread_id]
    fitted = [rules.fitted(change) for change in changes]
    stopped = [rules.of_waiting(one) for one in store.replies(desk.session, waiting)]
    return [change for change in (*fitted, *stopped, *rules.spoken_again()) if change is not None]


@dataclass(frozen=True)
class _Rules:
    desk: Desk

    @cached_property
    def _policy(self) -> DeclaredPolicy:
        return policy_of(self.desk.product)

    @cached_property
    def _wishes(self) -> Wishes:
        return wishes(self.desk.session, self.desk.ground.key)

    @cached_property
    def _openers(self) -> dict[int, Post | None]:
        """The posts that opened threads, by thread, as far as somebody asked."""
        return {}

    def fitted(self, change: Change) -> Change | None:
        """Return a change as it may be done; None where it must wait, or is nobody's to make."""
        if isinstance(change, Overtake):
            return change
        new = change.draft if isinstance(change, Make) else change.new
        if new.thread_id is None or new.state is DraftState.SILENT:
            return change
        found = store_respond.reported_in(self.desk.session, self.desk.case.family, new.thread_id)
        if not found:
            return change
        posts = [one for one in found if self._of(one).answer is not Answer.NEVER]
        if posts and new.post_id not in {one.post.id for one in posts}:
            new = self._redrawn(new, posts)
            change = _with(change, new)
        first = next((one for one in found if one.post.id == new.post_id), found[0])
        return self._decided(change, new, first)

    def _decided(self, change: Change, new: Draft, first: Reported) -> Change | None:
        verdict, policy = self._of(first), self._policy.at(first.source.name)
        if verdict.answer is Answer.WAIT:
            return None if isinstance(change, Make) else change
        if verdict.reason in NEVER_SAID:
            return Overtake(change.old, verdict.reason) if isinstance(change, Exchange) else None
        why = verdict.reason or self._why_a_person(new)
        if why:
            silence(new, why)
        else:
            disclose(new, policy)
        return change

    def _redrawn(self, new: Draft, posts: Sequence[Reported]) -> Draft:
        """Return the text drawn for those whom we may answer."""
        other = self.desk.reply("update" if new.kind == "update" else "ack", posts)
        other.key = new.key
        return other

    def _of(self, one: Reported) -> Verdict:
        """Return what policy and wishes say of one post; what waits for others is not asked here.

        How many texts a thread takes in a day is the approval's question: a text may well wait.
        """
        post, thread, source = one.post, one.thread, one.source
        self._know_openers([thread.id or 0])
        opener = self._openers[thread.id or 0]
        asked = [post, *([opener] if opener else [])]
        silent = any(self._wishes.hold_for(each, source, thread) for each in asked)
        return may_answer(
            thread_facts(thread, source),
            post_facts(post, opted_out=silent),
            self._policy.at(source.name),
            now=self.desk.now,
        )

    def _know_openers(self, threads: Sequence[int]) -> None:
        unknown = [one for one in threads if one not in self._openers]
        found = store.openers(self.desk.session, unknown) if unknown else {}
        self._openers.update({one: found.get(one) for one in unknown})

    def _why_a_person(self, new: Draft) -> str:
        """Return why a person must answer here, by what was read of the thread."""
        lane = self._lane(new.thread_id or 0, [new.post_id or 0])
        return f"{FOR_A_PERSON}: {REASONS[lane]}" if lane else ""

    def _lane(self, thread_id: int, spoken_to: Sequence[int]) -> Lane | None:
        """Return the lane of a thread; a loud author counts only where the text speaks to them."""
        session = self.desk.session
        lane = store.lanes_in(session, [thread_id], but=Lane.LOUD).get(thread_id)
        own = store.lanes_of_posts(session, spoken_to).values()
        return Lane(lane) if lane else next((Lane(one) for one in own), None)

    def of_waiting(self, one: Reply) -> Change | None:
        """Return what becomes of a waiting text that the plan would leave as it is."""
        row = one.draft
        if one.thread.locked:
            return Overtake(row, "the thread is locked")
        verdict = self._of_reply(one)
        written = row.edited_by and row.channel == BY_HAND
        if verdict.answer is Answer.NEVER or (verdict.answer is Answer.BY_HAND and not written):
            return _silenced(row, verdict.reason)
        return None if row.edited_by else self._of_prepared(one)

    def spoken_again(self) -> Sequence[Change]:
        """Return the texts owed to threads where a rule kept silence, and keeps it no more."""
        case, session = self.desk.case, self.desk.session
        rows = {row.thread_id or 0: row for row in kept_silent(case, now=self.desk.now)}
        found = store_respond.reported_in_each(session, case.family, rows) if rows else {}
        self._know_openers(list(found))
        open_to_us = {
            thread: posts
            for thread, all_posts in found.items()
            if (posts := [one for one in all_posts if self._of(one).answer is Answer.YES])
        }
        since = {
            thread: (case.since if rows[thread].kind == UPDATE else None)
            or posts[0].post.published_at
            for thread, posts in open_to_us.items()
        }
        answered = answered_by_ours(session, since) if since else set()
        changes = [
            self._spoken(rows[thread], posts)
            for thread, posts in open_to_us.items()
            if thread not in answered
        ]
        return [change for change in changes if change is not None]

    def _spoken(self, row: Draft, posts: Sequence[Reported]) -> Change | None:
        """Return the text that takes the place of a silence; None where another reason keeps it."""
        case = self.desk.case
        if row.issue_id != case.id:
            return Overtake(row, f"it became part of GS-{case.id}")
        told = (row.thread_id or 0) in case.last_told()
        new = self.desk.reply("update" if told else "ack", posts, row)
        change = self.fitted(Exchange(row, new, f"silent until now: {row.reason}"))
        if isinstance(change, Exchange) and change.new.reason == row.reason:
            return None
        return change

    def _of_reply(self, one: Reply) -> Verdict:
        post = next((post for post in one.posts if post.id == one.draft.post_id), None)
        post = post or next(iter(one.posts), None)
        return may_answer(
            thread_facts(one.thread, one.source),
            post_facts(post, opted_out=self._wishes.hold_for_reply(one)),
            self._policy.at(one.source.name),
            now=self.desk.now,
        )

    def _of_prepared(self, one: Reply) -> Change | None:
        policy = self._policy.at(one.source.name)
        lane = self._lane(one.thread.id or 0, [post.id or 0 for post in one.posts])
        if lane:
            return _silenced(one.draft, f"{FOR_A_PERSON}: {REASONS[lane]}")
        if policy.disclosure and not discloses(one.draft.text, policy):
            return self._with_line(one.draft)
        return None

    def _with_line(self, row: Draft) -> Change | None:
        found = store_respond.reported_in(
            self.desk.session, self.desk.case.family, row.thread_id or 0
        )
        if not found:
            return None
        new = self.desk.reply("update" if row.kind == "update" else "ack", found, row)
        return self.fitted(Exchange(row, new, "the place wants another line under it"))


def thread_facts(
    thread: Thread,
    source: Source,
    *,
    in_thread: Sequence[datetime] = (),
    at_place: Sequence[datetime] = (),
) -> ThreadFacts:
    """Return a thread as the rule takes it."""
    return ThreadFacts(
        place=source.name,
        host=host_of(source, thread),
        locked=thread.locked,
        gone=thread.remote_id.startswith(ERASED),
        in_thread=in_thread,
        at_place=at_place,
    )


def post_facts(post: Post | None, *, opted_out: bool) -> PostFacts:
    """Return a post as the rule takes it; of a thread none of whose posts we heard, nobody's."""
    if post is None:
        return PostFacts(opted_out=opted_out, published_at=LONG_AGO)
    return PostFacts(
        author=post.author,
        role=post.role,
        ours=post.ours,
        gone=post.erased_at is not None,
        opted_out=opted_out,
        published_at=post.published_at,
    )


def silence(draft: Draft, reason: str) -> None:
    """Let a text that is not stored yet say nothing, with the reason."""
    draft.text, draft.text_sha256 = "", digest("")
    draft.state, draft.reason, draft.next_update_by = DraftState.SILENT, reason, None


def disclose(draft: Draft, policy: PlacePolicy) -> None:
    """Put the line that a place wants under a text."""
    if draft.text and policy.disclosure and not discloses(draft.text, policy):
        draft.text = f"{draft.text.rstrip()}\n\n{policy.disclosure}"
        draft.text_sha256 = digest(draft.text)


def discloses(text: str, policy: PlacePolicy) -> bool:
    """Tell whether a text says the line that a place wants."""
    return " ".join(policy.disclosure.split()) in " ".join(text.split())


def _with(change: Make | Exchange, new: Draft) -> Make | Exchange:
    return Make(new) if isinstance(change, Make) else Exchange(change.old, new, change.reason)


def _silenced(row: Draft, reason: str) -> Exchange:
    """Return the silence that takes the place of a waiting text; a person's words are kept."""
    new = Draft(**{name: getattr(row, name) for name in KEPT}, text="", text_sha256="")
    silence(new, reason)
    return Exchange(row, new, f"what {row.edited_by} wrote was set aside" if row.edited_by else "")
