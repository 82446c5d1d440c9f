"""Say which posts are one problem: merge two issues, take them apart again, split, move a post.

What a person decides about a post stays: the live pass only gives an issue to posts without one.
Each merge keeps in the timeline which posts it moved, so that the way back moves exactly those.
"""

from collections.abc import Collection

from classifiers import store
from classifiers.corrections import store_changes, store_verdicts
from classifiers.issues import IssueWriter
from classifiers.tables import Issue, IssueState, VerdictKind
from config.ground import Ground
from listener.tables import Product
from responders.decisions import store_drafts
from responders.decisions.acting import Act, Actor, Role, acting
from responders.decisions.issues.knowing import know, pass_on
from responders.decisions.issues.mute import NOT_AN_ISSUE, rest_on
from responders.decisions.recording import record, take_back
from responders.decisions.refusing import AlreadyDone, NotAllowed, NotFound, NotValid
from responders.decisions.reopening import take_back_out_of_step
from responders.decisions.tracking import change, hold_issue, ref, tell, when
from responders.decisions.wording import one_line
from responders.oncall.tables import Alert
from responders.voice.words.drafting import digest

MERGED = "merged"
NOBODY_ALERTED = 1
"""The burst that no alert is sent for: people know of these posts already."""


def merge(ground: Ground, actor: Actor, issue_id: int, into: int) -> None:
    """Make an issue part of another open one; its posts move, its undecided drafts go.

    Args:
        ground: what the act stands on.
        actor: who says that they are one problem.
        issue_id: the issue that becomes a part.
        into: the other one; if it is part of a third, that one.

    Raises:
        AlreadyDone: it is part of an issue; it says by whom and when.
        NotAllowed: the role is too low, or the two cannot be one.
        NotFound: there is no such issue.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        issue = _unmerged(act, issue_id)
        whole = _whole(act, issue, into)
        posts = store.post_ids_of_issue(act.session, issue_id)
        store_changes.move_posts(act.session, posts, to=whole.id or 0, out_of=issue_id)
        _part(act, issue, whole, posts)
        _hand_over(act, issue, whole)
        tell(
            act, whole, kind="joined", text=f"{ref(issue)} became part of it, {_posts(posts)}",
            data={"issue": issue_id, "posts": sorted(posts)},
        )  # fmt: skip
        take_back_out_of_step(act, whole)
        store_drafts.stale(act.session, issue_id, reason=f"merged into {ref(whole)}")
        explain(act, issue, whole)
        take_back(act, VerdictKind.UNMERGED, issue_id=issue_id)
        undo_split(act, issue, whole)
        record(
            act, VerdictKind.MERGED, product_id=issue.product_id, said=ref(whole),
            issue_id=issue_id, into=whole.id,
        )  # fmt: skip
        act.note("issue merged", ref(issue), into=ref(whole), posts=sorted(posts))


def unmerge(ground: Ground, actor: Actor, issue_id: int) -> None:
    """Take an issue out of the one it is part of, with the posts it brought that are still there.

    Raises:
        AlreadyDone: it is part of no other issue.
        NotAllowed: the role is too low.
        NotFound: there is no such issue.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        issue = store_changes.hold(act.session, issue_id) or _none(issue_id)
        whole = store_changes.hold_whole(act.session, issue_id)
        merged = store_changes.last_event(act.session, issue_id, [MERGED])
        if issue.merged_into is None or whole is None or merged is None:
            raise AlreadyDone(f"{ref(issue)} is part of no other issue")
        brought = set(map(int, merged.data.get("posts", [])))
        back = brought.intersection(store.post_ids_of_issue(act.session, whole.id or 0))
        store_changes.move_posts(act.session, back, to=issue_id, out_of=whole.id)
        change(
            act, issue, kind="unmerged", text=f"taken out of {ref(whole)} again, {_posts(back)}",
            data={"out_of": whole.id, "posts": sorted(back)}, merged_into=None,
        )  # fmt: skip
        pass_on(act, whole, issue)
        if issue.workaround is not None and whole.workaround == issue.workaround:
            change(
                act, whole, kind="workaround left", text=f"it went with {ref(issue)}", data={},
                workaround=None,
            )  # fmt: skip
        _left(act, whole, issue, back)
        take_back(act, VerdictKind.MERGED, issue_id=issue_id)
        record(
            act, VerdictKind.UNMERGED, product_id=issue.product_id, said=ref(whole),
            issue_id=issue_id, out_of=whole.id,
        )  # fmt: skip
        act.note("issue unmerged", ref(issue), out_of=ref(whole), posts=sorted(back))


def split(
    ground: Ground, actor: Actor, issue_id: int, post_ids: Collection[int], title: str
) -> int:
    """Make an issue of its own from some posts of another; return its id.

    It is tracked like any other, and nobody is alerted: people know of these posts.

    Raises:
        NotAllowed: the role is too low, or the posts are not some, but not all, of the issue's.
        NotFound: there is no such issue.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        name = one_line(title, "the title")
        issue = hold_issue(act, issue_id)
        wanted = _some_of(act, issue, post_ids)
        fresh = Issue(
            product_id=issue.product_id, title=name, titled_by=actor.name, kind=issue.kind,
            severity=issue.severity, reason=f"split off {ref(issue)} by {actor.name}",
            first_seen_at=act.now, last_seen_at=act.now, alerted_at=issue.alerted_at or act.now,
            opened_at=act.now,
        )  # fmt: skip
        fresh_id = store_changes.add_issue(act.session, fresh)
        store_changes.move_posts(act.session, wanted, to=fresh_id, out_of=issue_id)
        tell(
            act, fresh, kind="opened", text=f"split off {ref(issue)}, {_posts(wanted)}",
            data={"out_of": issue_id, "posts": sorted(wanted)},
        )  # fmt: skip
        _alert_nobody(act, fresh)
        pass_on(act, issue, fresh)
        know(act, fresh)
        _left(act, issue, fresh, wanted)
        record(
            act, VerdictKind.SPLIT, product_id=issue.product_id, said=ref(fresh),
            issue_id=issue_id, into=fresh_id, posts=sorted(wanted),
        )  # fmt: skip
        act.note(
            "issue split", ref(issue), into=ref(fresh), posts=sorted(wanted),
            title_sha256=digest(name),
        )  # fmt: skip
        return fresh_id


def move_post(ground: Ground, actor: Actor, post_id: int, to: int) -> None:
    """Let a post belong to an issue, whatever it belonged to.

    Raises:
        AlreadyDone: it belongs to that issue.
        NotAllowed: the role is too low, or the post cannot belong there yet.
        NotFound: there is no such post or issue.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        issue = hold_issue(act, to)
        before = post_home(act, post_id, issue.product_id)
        if before == to:
            raise AlreadyDone(f"post {post_id} belongs to {ref(issue)} already")
        store_changes.move_posts(act.session, [post_id], to=to, out_of=before)
        old = None if before is None else store_changes.hold(act.session, before)
        came = f"from {ref(old)}" if old else "from no issue"
        tell(
            act, issue, kind="joined", text=f"post {post_id} moved here {came}",
            data={"issue": before, "posts": [post_id]},
        )  # fmt: skip
        if old is not None:
            _left(act, old, issue, [post_id])
        explain(act, issue)
        take_back(act, VerdictKind.MOVED, post_id=post_id)
        record(
            act, VerdictKind.MOVED, product_id=issue.product_id, said=ref(issue), issue_id=to,
            post_id=post_id, out_of=before,
        )  # fmt: skip
        act.note("post moved", f"post {post_id}", to=ref(issue), out_of=ref(old) if old else None)


def post_home(act: Act, post_id: int, product_id: int) -> int | None:
    """Return the issue that a post of a product belongs to, if any.

    Raises:
        NotFound: there is no such post.
        NotAllowed: it is about another product, or was not judged yet.
    """
    found = store.memberships(act.session, [post_id]).get(post_id)
    if found is None:
        raise NotFound(
            f"there is no post {post_id}, or it was not looked at yet; wait for the next pass: "
            "groundswell run --once --only detect"
        )
    if found.product_id != product_id:
        raise NotAllowed(f"post {post_id} is about another product")
    return found.issue_id


def undo_split(act: Act, part: Issue, whole: Issue) -> None:
    """Take the verdict back that split a part off, now that it is one with the rest again."""
    split_off = store_verdicts.standing(act.session, [VerdictKind.SPLIT], issue_id=whole.id)
    undone = [row for row in split_off if row.data.get("into") == part.id]
    store_verdicts.undo(act.session, undone, by=act.actor.name, at=act.now)


def _unmerged(act: Act, issue_id: int) -> Issue:
    issue = store_changes.hold(act.session, issue_id) or _none(issue_id)
    if issue.merged_into is not None:
        last = store_changes.last_event(act.session, issue_id, [MERGED])
        whole = store.reference(issue.merged_into)
        by = f"{last.by} merged {ref(issue)} into {whole} {when(last)}" if last else ""
        raise AlreadyDone(by or f"{ref(issue)} is part of {whole} already")
    return issue


def _whole(act: Act, issue: Issue, into: int) -> Issue:
    """Return the issue that another one may become part of."""
    whole = store_changes.hold_whole(act.session, into) or _none(into)
    if whole.id == issue.id:
        raise NotAllowed(
            f"{ref(issue)} cannot become part of itself"
            if into == issue.id
            else f"{store.reference(into)} is part of {ref(issue)} already"
        )
    if whole.product_id != issue.product_id:
        raise NotAllowed(f"{ref(issue)} and {ref(whole)} are about two products")
    if whole.state is IssueState.RESOLVED:
        raise NotAllowed(
            f"{ref(whole)} is resolved; if it came back, say so first: groundswell issue state "
            f"{ref(whole)} investigating"
        )
    if NOT_AN_ISSUE in whole.flags:
        raise NotAllowed(f"{ref(whole)} is said to be no issue; wake it first")
    return whole


def _part(act: Act, issue: Issue, whole: Issue, posts: Collection[int]) -> None:
    change(
        act, issue, kind=MERGED, text=f"became part of {ref(whole)}, {_posts(posts)}",
        data={"into": whole.id, "posts": sorted(posts)}, merged_into=whole.id,
    )  # fmt: skip


def _hand_over(act: Act, issue: Issue, whole: Issue) -> None:
    """Give the whole what it lacks and a part of it has, and let it rest on if it rests."""
    pass_on(act, issue, whole)
    if issue.workaround is not None and whole.workaround is None:
        change(
            act, whole, kind="workaround", text=f"the way around of {ref(issue)}", data={},
            workaround=issue.workaround,
        )  # fmt: skip
    rest_on(act, whole)


def _left(act: Act, issue: Issue, to: Issue, posts: Collection[int]) -> None:
    """Say in the old issue which posts left it; its drafts that answer them go."""
    tell(
        act, issue, kind="left", text=f"{_posts(posts)} went to {ref(to)}",
        data={"issue": to.id, "posts": sorted(posts)},
    )  # fmt: skip
    reason = f"what it answers belongs to {ref(to)} now"
    store_drafts.stale(act.session, issue.id or 0, reason=reason, post_ids=posts)
    explain(act, issue, to)


def _some_of(act: Act, issue: Issue, post_ids: Collection[int]) -> set[int]:
    wanted = set(post_ids)
    here = set(store.post_ids_of_issue(act.session, issue.id or 0))
    strangers = sorted(wanted - here)
    if not wanted:
        raise NotValid("name the posts that are another problem")
    if strangers:
        raise NotAllowed(f"not of {ref(issue)}: post {', '.join(map(str, strangers))}")
    if wanted == here:
        raise NotAllowed(f"these are all posts of {ref(issue)}; rename it instead")
    return wanted


def _alert_nobody(act: Act, issue: Issue) -> None:
    act.session.add(
        Alert(
            product_id=issue.product_id, issue_id=issue.id or 0, revision=NOBODY_ALERTED,
            reason=issue.reason, raised_at=issue.alerted_at or act.now,
        )
    )  # fmt: skip


def explain(act: Act, *issues: Issue) -> None:
    """Bring held issues up to the posts they have now."""
    product = act.session.get_one(Product, issues[0].product_id)
    writer = IssueWriter(act.session, product, now=act.now)
    writer.explain_anew([issue.id for issue in issues if issue.id is not None])


def _none(issue_id: int) -> Issue:
    raise NotFound(
        f"there is no issue {store.reference(issue_id)}; `groundswell issue list` shows them"
    )


def _posts(posts: Collection[int]) -> str:
    return "1 post" if len(posts) == 1 else f"{len(posts)} posts"
