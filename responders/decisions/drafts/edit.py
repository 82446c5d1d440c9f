"""Give a draft another text, or write one where none is proposed; both wait for a yes like any."""

from typing import Any

from classifiers.corrections import store_changes
from classifiers.store import reference
from classifiers.tables import Issue, IssueState
from config.ground import Ground
from config.settings import Settings
from listener.tables import Product
from responders.decisions import store_drafts
from responders.decisions.acting import Act, Actor, Role, acting
from responders.decisions.drafts.claiming import refuse_held
from responders.decisions.drafts.overriding import judge
from responders.decisions.holding import held_open, subject
from responders.decisions.permit import refuse_never
from responders.decisions.refusing import AlreadyDone, NotAllowed, NotFound
from responders.decisions.standing import refuse_unread
from responders.decisions.store_drafts import Place
from responders.decisions.tracking import hold_issue, ref
from responders.decisions.wording import one_line, whole_text
from responders.delivery.reaching import BY_HAND, channel_for
from responders.voice.leave.declared_policies import host_of, policy_of
from responders.voice.store import told
from responders.voice.tables import Draft, DraftState
from responders.voice.words.drafting import digest

FALLBACK_LANGUAGE = "en"


def edit(
    ground: Ground,
    actor: Actor,
    draft_id: int,
    text: str,
    *,
    version: int | None = None,
    anyway: bool = False,
) -> int:
    """Give a draft another text; return the version it has now.

    A text that was approved and for certain not sent waits for a yes again. The same text again
    changes nothing.

    Args:
        ground: what the act stands on.
        actor: who writes.
        draft_id: the draft.
        text: the whole new text; of a draft for the page the first line is the title.
        version: the version that was read; None takes the newest.
        anyway: also while somebody else reads it.

    Raises:
        AlreadyDone: somebody decided or rewrote it first; it says who and when.
        Held: somebody else reads it; it says who and since when.
        NotAllowed: the role is too low, or the text cannot be sent.
        NotFound: there is no such draft.
    """
    with acting(ground, actor, Role.DRAFTER) as act:
        draft = held_open(act, draft_id)
        rewritten_at = store_drafts.last_rewritten_at(act.session, draft_id)
        refuse_unread(draft, version=version, sha256=None, rewritten_at=rewritten_at)
        refuse_held(draft, actor.name, now=act.now, anyway=anyway)
        words = whole_text(text, "the text")
        if words != draft.text:
            _rewrite(act, draft, words)
            judge(act, ground, draft)
        return draft.version


def add_draft(
    ground: Ground, actor: Actor, *, thread_url: str, text: str, issue_id: int | None = None
) -> int:
    """Propose a text of one's own for a thread; return the draft's id.

    It promises no next word; one that stands in the text is the writer's to keep. Where no bots are
    welcome a person posts it by hand, whatever way in we have.

    Args:
        ground: what the act stands on.
        actor: who writes.
        thread_url: the address of the thread, or of one of its posts.
        text: the whole text.
        issue_id: what it is about; None takes the one open issue that the thread belongs to.

    Raises:
        AlreadyDone: a text about the issue waits there already, or is on its way.
        NotAllowed: the role is too low, nobody may write there, or the issue is not clear.
        NotFound: there is no such thread or issue.
    """
    with acting(ground, actor, Role.DRAFTER) as act:
        words = whole_text(text, "the text")
        place = store_drafts.place_at(act.session, one_line(thread_url, "the address"))
        if place is None:
            raise NotFound(
                "we heard no thread with that address; let us hear it first: groundswell post add "
                f"--url {thread_url}"
            )
        issue = hold_issue(act, issue_id if issue_id is not None else _issue_of(act, place))
        draft = _placed(act, issue, place, ground.settings)
        refuse_never(act, ground, draft)
        draft_id = draft.id
        if draft_id is None:
            draft.text, draft.text_sha256, draft.edited_by = words, digest(words), act.actor.name
            draft_id = store_drafts.add(act.session, draft)
        else:
            _rewrite(act, draft, words, **_fresh(issue, place, act, ground.settings, known=draft))
        judge(act, ground, draft)
        act.note("draft added", f"draft {draft_id}", issue=ref(issue), text_sha256=digest(words))
        return draft_id


def _rewrite(act: Act, draft: Draft, words: str, **more: object) -> None:
    """Put a new text in place of the old one, which is kept; it waits for a decision."""
    before = {"version": draft.version, "text_sha256": draft.text_sha256}
    store_drafts.keep_version(act.session, draft, at=act.now)
    values = {
        "state": DraftState.PENDING, "reason": "", "decided_by": "", "decided_at": None,
        "text": words, "text_sha256": digest(words), "version": draft.version + 1,
        "edited_by": act.actor.name,
    }  # fmt: skip
    if not store_drafts.change(act.session, draft, **values | more):
        raise AlreadyDone(f"draft {draft.id} changed at this moment; look again")
    act.note(
        "draft edited",
        subject(draft),
        version=draft.version,
        text_sha256=draft.text_sha256,
        instead_of=before,
    )


def _issue_of(act: Act, place: Place) -> int:
    """Return the one open issue that a thread belongs to."""
    found = store_changes.issues_of_thread(act.session, place.thread.id or 0)
    if len(found) == 1 and found[0].id is not None:
        return found[0].id
    if not found:
        raise NotAllowed("the thread belongs to no open issue; name the one it is about: --issue")
    names = ", ".join(reference(row.id or 0) for row in found)
    raise NotAllowed(f"the thread belongs to {names}; name the one the text is about: --issue")


def _placed(act: Act, issue: Issue, place: Place, settings: Settings) -> Draft:
    """Return the row for a text about an issue in a thread: one that rests there, or a new one.

    Raises:
        AlreadyDone: a text waits there or is on its way.
    """
    thread_id = place.thread.id or 0
    stands = [row for row in told(act.session, issue.id or 0) if row.thread_id == thread_id]
    known = store_drafts.drafts_in(act.session, thread_id=thread_id, issue_id=issue.id or 0)
    live = next((row for row in known if row.state in store_drafts.LIVE), None)
    live = live or next(
        (
            row
            for row in known
            if row.state is DraftState.SENT and row.id not in {told.draft_id for told in stands}
        ),
        None,
    )
    if live is not None:
        raise AlreadyDone(
            f"draft {live.id} about {ref(issue)} is {live.state} for that thread already; look at "
            f"it first: groundswell draft show {live.id}"
        )
    kind = "update" if stands else "ack"
    key = f"thread:{thread_id}|{issue.id}|{kind}|{max(len(stands), 1)}"
    for row in known:
        if row.key == key:
            return row
    named = {"key": key, "product_id": issue.product_id, "issue_id": issue.id, "kind": kind}
    fresh = _fresh(issue, place, act, settings, known=None) | named
    return Draft(thread_id=thread_id, text="", text_sha256="", created_at=act.now, **fresh)


def _fresh(
    issue: Issue, place: Place, act: Act, settings: Settings, *, known: Draft | None
) -> dict[str, Any]:
    """Return what a text says and where it goes, as things stand now."""
    post = store_drafts.first_post(act.session, place.thread.id or 0, issue.id or 0)
    product = act.session.get_one(Product, issue.product_id)
    languages = product.languages or [FALLBACK_LANGUAGE]
    spoken = (post.lang if post else None) or (known.language if known else None)
    new = issue.state is IssueState.NEW
    return {
        "phase": str(IssueState.INVESTIGATING if new else issue.state),
        "channel": _channel(place, product, settings),
        "language": spoken or languages[0],
        "post_id": post.id if post else None,
        "post_revision": post.revision if post else None,
        "next_update_by": None,
    }


def _channel(place: Place, product: Product, settings: Settings) -> str:
    """Return how the text leaves: by a person's hands where bots are not welcome."""
    policy = policy_of(product).at(place.source.name)
    if policy.keeps_bots_out(host_of(place.source, place.thread)):
        return BY_HAND
    return channel_for(place.source, settings)
