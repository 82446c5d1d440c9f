"""Leave a verdict for each correction, in the same transaction, so that detection learns of it.

Apart from the acts because each of them does, and because undoing an act takes its verdict back.
"""

from typing import Any

from classifiers.corrections import store_verdicts
from classifiers.tables import Issue, Verdict, VerdictKind
from responders.decisions.acting import Act

JUDGED = (VerdictKind.REAL, VerdictKind.NOT_AN_ISSUE)


def record(
    act: Act,
    what: VerdictKind,
    *,
    product_id: int,
    said: str = "",
    issue_id: int | None = None,
    post_id: int | None = None,
    **data: Any,
) -> int:
    """Leave a verdict; return its id.

    Args:
        act: the act under way.
        what: what was corrected or confirmed.
        product_id: of what.
        said: the kind of the post, the other issue or the person's reason; no words of users.
        issue_id: the issue it is about.
        post_id: the post it is about.
        data: what taking it back needs.
    """
    return store_verdicts.add(
        act.session,
        Verdict(
            product_id=product_id, what=what, said=said, issue_id=issue_id, post_id=post_id,
            data=data, by=act.actor.name, at=act.now,
        ),
    )  # fmt: skip


def take_back(
    act: Act, *kinds: VerdictKind, issue_id: int | None = None, post_id: int | None = None
) -> list[Verdict]:
    """Take back the verdicts of these kinds that stand on an issue or a post; return them."""
    found = store_verdicts.standing(act.session, kinds, issue_id=issue_id, post_id=post_id)
    store_verdicts.undo(act.session, found, by=act.actor.name, at=act.now)
    return list(found)


def confirm(act: Act, issue: Issue) -> None:
    """Note that a person takes an issue for real, once; what was said before goes."""
    issue_id = issue.id or 0
    stands = store_verdicts.standing(act.session, [VerdictKind.REAL], issue_id=issue_id)
    take_back(act, VerdictKind.NOT_AN_ISSUE, issue_id=issue_id)
    if not stands:
        record(act, VerdictKind.REAL, product_id=issue.product_id, issue_id=issue_id)
