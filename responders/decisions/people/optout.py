"""Note that somebody wants no answer of ours, and, where that was a mistake, take the note away.

A wish that its author said is noted by itself (voice/heeding.py); here a person notes one that came
by mail, or lifts one. The audit names nobody: the row's number, and the host.
"""

from config.ground import Ground
from listener.tables import Post
from responders.decisions.acting import Act, Actor, Role, acting
from responders.decisions.refusing import AlreadyDone, NotAllowed, NotFound
from responders.decisions.wording import at_time, one_line
from responders.voice.leave import store_policy as store
from responders.voice.leave import wishes
from responders.voice.tables import OptOut


def add_optout(
    ground: Ground,
    actor: Actor,
    *,
    author: str = "",
    place: str = "",
    post_id: int | None = None,
    reason: str = "",
) -> OptOut:
    """Let nobody write for us to somebody any more; what waits for them falls silent.

    Args:
        ground: what the act stands on.
        actor: who notes it.
        author: their name as shown at the place; not needed with a post of theirs.
        place: the host where they go by that name, such as ``forum.example.org``.
        post_id: a post of theirs; name and place are taken from it.
        reason: why, in a line; nobody's name.

    Raises:
        AlreadyDone: it is noted already; it says since when.
        NotAllowed: the role is too low, or it is not clear who is meant.
        NotFound: there is no such post.
    """
    with acting(ground, actor, Role.DRAFTER) as act:
        if post_id is not None:
            row = _of_post(act, ground, post_id)
        else:
            row = _of_name(act, ground, author, place)
        row.reason, row.by = one_line(reason, "the reason") if reason else "", actor.name
        kept = wishes.add(act.session, row)
        if kept is not row:
            raise AlreadyDone(
                f"that author wants no answer already, since {at_time(kept.at)}; nothing changed"
            )
        stopped = wishes.silence(act.session, ground.key)
        more = {"reason": row.reason} if row.reason else {}
        act.note("opt-out added", _subject(row), place=row.place, stopped=stopped, **more)
        return row


def remove_optout(ground: Ground, actor: Actor, optout_id: int, reason: str) -> None:
    """Let somebody be answered again; that they were not, and why that ended, stays in the audit.

    Raises:
        AlreadyDone: it was removed before.
        NotAllowed: the actor is no admin, or no reason is given.
        NotFound: there is no such note.
    """
    with acting(ground, actor, Role.ADMIN) as act:
        why = one_line(reason, "the reason")
        row = act.session.get(OptOut, optout_id, with_for_update=True)
        if row is None:
            raise NotFound(f"there is no opt-out {optout_id}; `groundswell optout list` shows them")
        if row.lifted_at is not None:
            raise AlreadyDone(
                f"{row.lifted_by} removed opt-out {optout_id} at {at_time(row.lifted_at)}"
            )
        row.lifted_at, row.lifted_by = act.now, actor.name
        act.session.add(row)
        act.note("opt-out removed", _subject(row), place=row.place, reason=why)


def _of_post(act: Act, ground: Ground, post_id: int) -> OptOut:
    post = act.session.get(Post, post_id)
    if post is None:
        raise NotFound(f"there is no post {post_id}; `groundswell post list` shows them")
    if not (post.author or post.author_key):
        raise NotAllowed(f"nobody is known as the author of post {post_id}")
    return wishes.said_in(ground.key, store.placed(act.session, post_id), now=act.now)


def _of_name(act: Act, ground: Ground, author: str, place: str) -> OptOut:
    name, where = one_line(author, "the author"), one_line(place, "the place").casefold()
    host = where.removeprefix("https://").removeprefix("http://").split("/")[0]
    host = host.removeprefix("www.")
    digest = wishes.digest_of(ground.key, host, name)
    return OptOut(place=host, author=digest, by=act.actor.name, at=act.now)


def _subject(row: OptOut) -> str:
    return f"opt-out {row.id}"
