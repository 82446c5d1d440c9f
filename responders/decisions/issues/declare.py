"""Open an issue that no detector saw: a person knows of it, perhaps with posts that tell of it."""

from collections.abc import Collection

from classifiers.corrections import store_changes
from classifiers.store import reference
from classifiers.tables import Issue
from config.ground import Ground
from listener.store import product_named, products
from listener.tables import Product
from responders.decisions.acting import Act, Actor, Role, acting
from responders.decisions.issues.merge import explain, post_home
from responders.decisions.recording import confirm
from responders.decisions.refusing import NotAllowed, NotFound, NotValid
from responders.decisions.tracking import ref, tell
from responders.decisions.wording import one_line
from responders.voice.words.drafting import digest


def declare(
    ground: Ground,
    actor: Actor,
    *,
    title: str,
    product: str | None = None,
    post_ids: Collection[int] = (),
) -> int:
    """Open an issue; return its id. On-call is alerted and drafts are proposed, as for any other.

    Args:
        ground: what the act stands on.
        actor: who declares it.
        title: what it is, in a line.
        product: the product's name; None takes the only one there is.
        post_ids: posts that tell of it; they must belong to no issue yet.

    Raises:
        NotAllowed: the role is too low, the title is none, or a post belongs elsewhere.
        NotFound: there is no such product or post.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        name = one_line(title, "the title")
        about = _product(act, product)
        posts = sorted(set(post_ids))
        for post_id in posts:
            _refuse_taken(act, post_id, about)
        issue = Issue(
            product_id=about.id or 0, title=name, titled_by=actor.name,
            reason=f"declared by {actor.name}", first_seen_at=act.now, last_seen_at=act.now,
            alerted_at=act.now, opened_at=act.now,
        )  # fmt: skip
        issue_id = store_changes.add_issue(act.session, issue)
        store_changes.move_posts(act.session, posts, to=issue_id, out_of=None)
        tell(act, issue, kind="opened", text=issue.reason, data={"posts": posts})
        explain(act, issue)
        confirm(act, issue)
        act.note("issue declared", ref(issue), posts=posts, title_sha256=digest(name))
        return issue_id


def _product(act: Act, name: str | None) -> Product:
    if name is not None:
        found = product_named(act.session, name)
        if found is None:
            raise NotFound(f"there is no product {name}")
        return found
    known = products(act.session)
    if len(known) != 1:
        names = ", ".join(row.name for row in known) or "none"
        raise NotValid(f"name the product it is about; there are: {names}")
    return known[0]


def _refuse_taken(act: Act, post_id: int, about: Product) -> None:
    home = post_home(act, post_id, about.id or 0)
    if home is not None:
        raise NotAllowed(
            f"post {post_id} belongs to {reference(home)}; split it off there: groundswell issue "
            f"split {reference(home)} --post {post_id}"
        )
