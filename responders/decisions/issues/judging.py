"""Say what a post is: it changes at once, and posts like it are taken so from now on.

Apart from the acts on issues because it is about one post. What a person says of a post stays
whatever is learned later, and after an edit too.
"""

from typing import Final

from classifiers import store
from classifiers.corrections import store_changes, store_verdicts
from classifiers.corrections.learning import KINDS, NOT_OURS, QUIET, shown_kind
from classifiers.issues import IssueWriter
from classifiers.tables import Membership, Verdict, VerdictKind
from config.ground import Ground
from listener.tables import Product
from responders.decisions import store_drafts
from responders.decisions.acting import Act, Actor, Role, acting
from responders.decisions.recording import record, take_back
from responders.decisions.refusing import AlreadyDone, NotFound, NotValid

WORDS: Final = (*KINDS, NOT_OURS)
"""What may be said of a post."""


def judge_post(ground: Ground, actor: Actor, post_id: int, said: str) -> int:
    """Say what a post is; return the id of the verdict.

    Spam and what is not about us leaves its issue and is no evidence any more.

    Args:
        ground: what the act stands on.
        actor: who says so.
        post_id: the post.
        said: one of WORDS.

    Raises:
        AlreadyDone: that was said already.
        NotAllowed: the role is too low, or it is no such word.
        NotFound: there is no such post, or it was not looked at yet.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        if said not in WORDS:
            raise NotValid(f"a post is one of: {', '.join(WORDS)}")
        made = _membership(act, post_id)
        before = _taken_back(act, post_id, said)
        kind, home = (before.data["kind"], before.data["issue"]) if before else (None, None)
        record_id = record(
            act, VerdictKind.POST, product_id=made.product_id, said=said, post_id=post_id,
            kind=kind or made.kind, issue=made.issue_id if made.issue_id is not None else home,
        )  # fmt: skip
        _apply(act, made, said, home)
        act.note("post judged", f"post {post_id}", said=said, verdict=record_id)
        return record_id


def unjudge_post(act: Act, post_id: int) -> None:
    """Take back what was said of a post: it is what it was before, where it was before."""
    made = _membership(act, post_id)
    for row in take_back(act, VerdictKind.POST, post_id=post_id):
        made.kind = str(row.data["kind"])
        home = row.data["issue"]
        act.session.add(made)
        act.session.flush()
        if made.issue_id is None and home is not None:
            _move(act, made, to=int(home))


def _membership(act: Act, post_id: int) -> Membership:
    found = store.memberships(act.session, [post_id]).get(post_id)
    if found is None:
        raise NotFound(
            f"there is no post {post_id}, or it was not looked at yet; wait for the next pass: "
            "groundswell run --once --only detect"
        )
    return found


def _taken_back(act: Act, post_id: int, said: str) -> Verdict | None:
    """Take back what was said of a post before; return it."""
    found = store_verdicts.standing(act.session, [VerdictKind.POST], post_id=post_id)
    if any(row.said == said for row in found):
        raise AlreadyDone(
            f"post {post_id} is {said.replace('_', ' ')} already: {found[0].by} said so"
        )
    take_back(act, VerdictKind.POST, post_id=post_id)
    return found[0] if found else None


def _apply(act: Act, made: Membership, said: str, home: int | None) -> None:
    made.kind = shown_kind(said)
    act.session.add(made)
    act.session.flush()
    if said in QUIET and made.issue_id is not None:
        _move(act, made, to=None)
    elif said not in QUIET and made.issue_id is None and home is not None:
        _move(act, made, to=home)


def _move(act: Act, made: Membership, *, to: int | None) -> None:
    """Let a post leave its issue or come back to it; both are explained by what they have."""
    old = made.issue_id
    whole = None if to is None else store_changes.hold_whole(act.session, to)
    if old is not None:
        store_changes.hold(act.session, old)
        reason = "the post it answers is said to be none of ours"
        store_drafts.stale(act.session, old, reason=reason, post_ids=[made.post_id])
    made.issue_id, made.recognised = (None if whole is None else whole.id), False
    act.session.add(made)
    act.session.flush()
    product = act.session.get_one(Product, made.product_id)
    touched = {number for number in (old, made.issue_id) if number is not None}
    IssueWriter(act.session, product, now=act.now).explain_anew(touched)
