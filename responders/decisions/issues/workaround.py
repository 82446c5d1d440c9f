"""Vouch for a way around an issue, or take it back.

What users found for one another is gathered by itself; that it helps, a person says. Drafts and
faces repeat only what somebody vouched for.
"""

from classifiers.corrections import store_workarounds, workarounds
from classifiers.corrections.workarounds import Workaround
from classifiers.tables import Issue
from config.clock import rfc3339
from config.ground import Ground
from listener.tables import Post
from responders.decisions.acting import Act, Actor, NotAllowed, NotFound, Role, acting
from responders.decisions.refusing import AlreadyDone
from responders.decisions.tracking import change, hold_issue, ref
from responders.decisions.wording import LONGEST_LINE, one_line
from responders.delivery.inert import cut, plain
from responders.voice.words.drafting import digest


def verify(
    ground: Ground,
    actor: Actor,
    issue_id: int,
    *,
    post_id: int | None = None,
    text: str = "",
    version: int | None = None,
) -> None:
    """Say that something helps until an issue is fixed.

    Neither the timeline nor the audit keeps its words: they may be a stranger's.

    Args:
        ground: the installation.
        actor: who vouches for it.
        issue_id: the issue.
        post_id: the post of whoever found it, for the credit; its words where ``text`` is empty.
        text: what helps, in words of ours.
        version: the version that the person looked at, if the face knows it.

    Raises:
        AlreadyDone: the issue has that one already.
        NotAllowed: the role is too low, nothing was named, or the post is another issue's.
        NotFound: there is no such issue or post.
    """
    with acting(ground, actor, Role.DRAFTER) as act:
        issue = hold_issue(act, issue_id, version=version)
        found = _found(act, issue, post_id, text)
        before = workarounds.kept(issue.workaround)
        if before and (before.text, before.post_id) == (found.text, found.post_id):
            raise AlreadyDone(f"{before.by} verified that for {ref(issue)} already")
        where = f" (post {post_id})" if post_id is not None else ""
        change(
            act, issue, kind="workaround", text=f"verified a way around it{where}",
            data={"post": post_id}, workaround=found.as_json(),
        )  # fmt: skip
        act.note("workaround verified", ref(issue), text_sha256=digest(found.text), post=post_id)


def take_back(ground: Ground, actor: Actor, issue_id: int, *, version: int | None = None) -> None:
    """Say that what was thought to help does not.

    Raises:
        AlreadyDone: the issue has no way around.
        NotAllowed: the role is too low.
        NotFound: there is no such issue.
    """
    with acting(ground, actor, Role.DRAFTER) as act:
        issue = hold_issue(act, issue_id, version=version)
        before = workarounds.kept(issue.workaround)
        if before is None:
            raise AlreadyDone(f"{ref(issue)} has no verified way around")
        change(
            act, issue, kind="workaround", text="took the way around back", data={},
            workaround=None,
        )  # fmt: skip
        act.note("workaround taken back", ref(issue), text_sha256=digest(before.text))


def _found(act: Act, issue: Issue, post_id: int | None, text: str) -> Workaround:
    words = text
    if post_id is not None:
        post = act.session.get(Post, post_id)
        if post is None or post.erased_at is not None:
            raise NotFound(f"there is no post {post_id}; `groundswell post list` shows them")
        if not store_workarounds.belongs(act.session, post_id, issue.id or 0):
            raise NotAllowed(
                f"post {post_id} is not one of {ref(issue)}'s; move it there first: "
                f"groundswell issue move {post_id} --to {ref(issue)}"
            )
        told = workarounds.words_of(post_id, issue.facts, post.text)
        words = words or cut(plain(told), LONGEST_LINE)
    return Workaround(
        text=one_line(words, "the way around"),
        post_id=post_id,
        quoted=not text,
        by=act.actor.name,
        at=rfc3339(act.now),
    )
