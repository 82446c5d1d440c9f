"""Say who is on call: declare the roster, swap days, take a swap back, leave a note.

What is declared stands with the product, where `groundswell apply` writes it too; swaps and notes
are rows of their own, so that a file that is applied again undoes none of them.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from config.errors import SettingsError
from config.ground import Ground
from listener.tables import Product
from responders.decisions.acting import Act, Actor, Role, acting
from responders.decisions.refusing import AlreadyDone, NotAllowed, NotFound
from responders.decisions.wording import at_time, one_line
from responders.delivery.opening import every_destination
from responders.delivery.quiet import named
from responders.oncall.ladder import plans
from responders.oncall.ladder.declared_oncall import (
    KEY,
    Plan,
    plan_of,
    read_oncall,
    refuse_overlaps,
)
from responders.oncall.ladder.duty import begun_within, first_open_day
from responders.oncall.ladder.roster_mistakes import refuse_deaf
from responders.oncall.tables import ShiftNote, Swap

LOOKED_AHEAD = timedelta(days=40)
"""So far the next shift is looked for, to name it."""
LONGEST_NOTE = 400
"""Characters: a few of them must fit into one message."""


def set_roster(ground: Ground, actor: Actor, product_id: int, declared: Mapping[str, Any]) -> bool:
    """Declare how the on-call people of a product are reached; what is not named stays.

    The same once more changes nothing; returns whether anything did.

    Args:
        ground: what the act stands on.
        actor: who says so.
        product_id: of which product.
        declared: what would stand under ``[product.oncall]``.

    Raises:
        NotAllowed: the role is too low, or a mistake stands in it; it names each.
        NotFound: there is no such product.
    """
    with acting(ground, actor, Role.ADMIN) as act:
        product = _product(act, product_id, hold=True)
        before = product.extra.get(KEY, {})
        after = {**(before if isinstance(before, Mapping) else {}), **declared}
        try:
            oncall = read_oncall({KEY: after})
            refuse_deaf(oncall, every_destination(ground.settings), named=declared)
            refuse_overlaps(plan_of(oncall, plans.usual(ground.settings.oncall)), now=act.now)
        except SettingsError as error:
            raise NotAllowed(str(error)) from error
        if after == before:
            return False
        product.extra = {**product.extra, KEY: after}
        act.session.add(product)
        act.note("roster set", f"product {product_id}", keys=sorted(declared))
        return True


def swap(
    ground: Ground,
    actor: Actor,
    product_id: int,
    person: str,
    *,
    first: date,
    last: date,
    shift: str = "",
) -> int:
    """Let somebody else be on call for the shifts that begin on some days; return the swap's id.

    Args:
        ground: what the act stands on.
        actor: who says so.
        product_id: of which product.
        person: who is on call then.
        first: the first day, by the clock of the shift: the shifts that begin then count.
        last: the last one.
        shift: only that shift; empty: every one.

    Raises:
        NotAllowed: the role is too low, or the roster has no such person, shift or day.
        NotFound: there is no such product.
    """
    with acting(ground, actor, Role.DRAFTER) as act:
        product = _product(act, product_id)
        plan = plans.plan(act.session, ground.settings, product, now=act.now)
        _refuse_unknown(product, plan, person, shift)
        _refuse_days(first, last, today=first_open_day(plan.rota, act.now))
        _refuse_empty(plan, first, last, shift)
        row = Swap(
            product_id=product_id, first_day=first.isoformat(), last_day=last.isoformat(),
            shift=shift, person=person, by=actor.name, at=act.now,
        )  # fmt: skip
        return _keep_swap(act, row)


def _keep_swap(act: Act, row: Swap) -> int:
    act.session.add(row)
    act.session.flush()
    act.note(
        "roster swapped", f"product {row.product_id}", swap=row.id, person=row.person,
        shift=row.shift, first=row.first_day, last=row.last_day,
    )  # fmt: skip
    return row.id or 0


def _refuse_days(first: date, last: date, *, today: date) -> None:
    if last < first:
        raise NotAllowed("the last day comes before the first one")
    if last < today or first.year > today.year + 1:
        raise NotAllowed(f"swap days from today ({today}) until the end of next year")


def _refuse_empty(plan: Plan, first: date, last: date, shift: str) -> None:
    """Refuse days on which nothing begins that could be swapped."""
    if begun_within(plan.rota, first, last, shift):
        return
    days = f"on {first}" if first == last else f"from {first} to {last}"
    ahead = begun_within(plan.rota, last, last + LOOKED_AHEAD, shift)
    more = ""
    if ahead:
        watch, zone = ahead[0]
        begins = watch.begins_at.astimezone(named(zone))
        more = f"; the next one is {watch.shift}, {begins:%a %Y-%m-%d %H:%M} ({zone})"
    raise NotAllowed(f"no shift begins {days}, by the clock of each shift{more}")


def take_back_swap(ground: Ground, actor: Actor, swap_id: int) -> Swap:
    """Let the roster hold again for swapped days; return what was taken back.

    Raises:
        AlreadyDone: it was taken back; it says by whom and when.
        NotAllowed: the role is too low.
        NotFound: there is no such swap.
    """
    with acting(ground, actor, Role.DRAFTER) as act:
        row = act.session.get(Swap, swap_id)
        if row is None:
            raise NotFound(f"there is no swap {swap_id}; `groundswell oncall roster show` has them")
        if row.ended_at is not None:
            raise AlreadyDone(f"{row.ended_by} took it back at {at_time(row.ended_at)}")
        row.ended_by, row.ended_at = actor.name, act.now
        act.session.add(row)
        act.note("roster swap taken back", f"product {row.product_id}", swap=swap_id)
        return row


def leave_note(ground: Ground, actor: Actor, product_id: int, text: str) -> int:
    """Leave a note for whoever comes on call next; return its id.

    Raises:
        NotAllowed: the role is too low, or it is no line that can be shown.
        NotFound: there is no such product.
    """
    with acting(ground, actor, Role.DRAFTER) as act:
        product = _product(act, product_id)
        line = one_line(text, "the note", longest=LONGEST_NOTE)
        row = ShiftNote(product_id=product.id or 0, text=line, by=actor.name, at=act.now)
        act.session.add(row)
        act.session.flush()
        act.note("shift note left", f"product {product_id}", note=row.id)
        return row.id or 0


def _product(act: Act, product_id: int, *, hold: bool = False) -> Product:
    """Return a product; held: what `apply` would change of it meanwhile waits for this act.

    Acts follow one another anyway, but `apply` is none.
    """
    found = act.session.get(Product, product_id, populate_existing=True, with_for_update=hold)
    if found is None:
        raise NotFound(f"there is no product {product_id}")
    return found


def _refuse_unknown(product: Product, plan: Plan, person: str, shift: str) -> None:
    shifts = plan.rota.shifts
    if not shifts:
        raise NotAllowed(
            f"{product.name} has no roster yet; declare one: groundswell oncall roster set FILE"
        )
    people = {*plan.people, *(name for one in shifts for name in one.people)}
    if person not in people:
        raise NotAllowed(f"the roster knows no {person[:40]}; it has {', '.join(sorted(people))}")
    names = [one.name for one in shifts]
    if shift and shift not in names:
        raise NotAllowed(f"there is no shift {shift[:40]}; there are: {', '.join(names)}")
