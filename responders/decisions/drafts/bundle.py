"""Say yes to several texts of one issue at once: looked at together, each decided by itself.

Each gets its own approval of exactly the text that was shown and leaves in its turn, so that a
wrong one is seen, and taken back, before all are out. What changed since it was shown is left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from config.errors import GroundswellError
from config.ground import Ground
from responders.decisions.acting import Actor, Role, refuse_role
from responders.decisions.drafts.approve import Approved, approve
from responders.decisions.refusing import NotAllowed
from responders.voice.tables import Draft

SHOWN = 32
"""Hex digits of a digest that stands for a list of texts."""


@dataclass(frozen=True)
class Item:
    """One text as it was shown."""

    draft_id: int
    version: int
    sha256: str


@dataclass(frozen=True)
class LeftOut:
    """One that was not approved, and why."""

    draft_id: int
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What came of a list; both in its order."""

    approved: Sequence[tuple[int, Approved]]
    left_out: Sequence[LeftOut]


def item_of(draft: Draft) -> Item:
    """Return a draft as it stands."""
    return Item(draft.id or 0, draft.version, draft.text_sha256)


def digest_of(items: Sequence[Item]) -> str:
    """Return what stands for a list of exactly these texts, in any order."""
    lines = sorted(f"{one.draft_id}:{one.version}:{one.sha256}" for one in items)
    return sha256("\n".join(lines).encode()).hexdigest()[:SHOWN]


def refuse_others(items: Sequence[Item], expected: str) -> None:
    """Do nothing while the texts are those that a digest was shown for.

    Raises:
        NotAllowed: they are others now.
    """
    if expected.strip().lower() != digest_of(items):
        raise NotAllowed(
            "what waits is not what was shown: a text came, went or changed. Nothing was approved; "
            "look at it again"
        )


def approve_together(
    ground: Ground,
    actor: Actor,
    items: Sequence[Item],
    *,
    undo_s: float = 0.0,
    anyway: bool = False,
    override: str = "",
) -> Outcome:
    """Approve texts as they were shown, each by itself; the next leaves ``stagger_s`` later.

    Args:
        ground: what the act stands on.
        actor: who approves.
        items: the texts, in the order in which they leave.
        undo_s: seconds in which each can be taken back before it leaves.
        anyway: also those that somebody else reads.
        override: why those that the linter blocks may leave; kept with the approval of each of
            them, and with no other.

    Raises:
        NotAllowed: the role is too low.
    """
    refuse_role(actor, Role.APPROVER)
    done, left = [], []
    for item, found in _each(ground, actor, items, undo_s=undo_s, anyway=anyway, override=override):
        if isinstance(found, Approved):
            done.append((item.draft_id, found))
        else:
            left.append(LeftOut(item.draft_id, str(found)))
    return Outcome(done, left)


def _each(
    ground: Ground,
    actor: Actor,
    items: Sequence[Item],
    *,
    undo_s: float,
    anyway: bool,
    override: str,
) -> Iterator[tuple[Item, Approved | GroundswellError]]:
    queued = 0
    for item in items:
        wait_s = undo_s + queued * ground.settings.outbox.stagger_s
        try:
            found = approve(
                ground, actor, item.draft_id, version=item.version, sha256=item.sha256,
                undo_s=wait_s, anyway=anyway, override=override,
            )  # fmt: skip
        except GroundswellError as error:
            yield item, error
            continue
        queued += found.delivery_id is not None
        yield item, found
