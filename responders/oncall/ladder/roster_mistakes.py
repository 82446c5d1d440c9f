"""What a roster cannot mean though it can be read: ladders without steps, places not there.

Asked when something is declared, never when it is read: what was declared once must not fall
away because an address was taken out of the settings since. ``readiness`` tells of that.
"""

from collections.abc import Collection, Iterator, Sequence

from config.errors import SettingsError
from responders.delivery.opening import Destination
from responders.oncall.escalation import NOBODY, ladder_of
from responders.oncall.ladder.declared_oncall import KEY, DeclaredOncall

LADDER, PEOPLE = "ladder", "people"


def refuse_deaf(
    oncall: DeclaredOncall, places: Sequence[Destination], *, named: Collection[str]
) -> None:
    """Do nothing for a roster by which everybody it names can be called.

    Args:
        oncall: what is declared.
        places: every destination that is configured.
        named: the keys that were written now; the others were asked when they were.

    Raises:
        SettingsError: one line for every mistake, with its key and the remedy.
    """
    mistakes = [*_empty(oncall), *_nowhere(oncall, places)] if LADDER in named else []
    if PEOPLE in named:
        mistakes += _no_pagers(oncall, places)
    if mistakes:
        raise SettingsError("\n".join(mistakes))


def _empty(oncall: DeclaredOncall) -> Iterator[str]:
    if not oncall.ladder:
        yield (
            f"{KEY}.{LADDER} names no severity; write one such as "
            'critical = ["5 role", "10 person"], or leave ladder out for the usual ones'
        )
    for severity, steps in oncall.ladder.items():
        if not steps:
            yield (
                f"{KEY}.{LADDER}.{severity} has no step, so nobody would be called; write steps "
                f'such as ["5 role", "10 person"], leave {severity} out for the usual ladder, or '
                f'write ["{NOBODY}"] if that is meant'
            )


def _nowhere(oncall: DeclaredOncall, places: Sequence[Destination]) -> Iterator[str]:
    known = _known(places)
    for severity, steps in oncall.ladder.items():
        for rung in ladder_of(steps):
            if rung.place and rung.place not in known:
                yield f"{KEY}.{LADDER}.{severity}: {_there_is_no(rung.place, places)}"


def _no_pagers(oncall: DeclaredOncall, places: Sequence[Destination]) -> Iterator[str]:
    known = _known(places)
    for name, person in oncall.people.items():
        if person.pager and person.pager not in known:
            yield f"{KEY}.{PEOPLE}.{name}.pager: {_there_is_no(person.pager, places)}"


def _known(places: Sequence[Destination]) -> set[str]:
    return {to.name for to in places} | {to.channel for to in places}


def _there_is_no(place: str, places: Sequence[Destination]) -> str:
    configured = ", ".join(sorted(to.name for to in places)) or "none"
    named = place.removeprefix("apprise:") if place.startswith("apprise:") else "pager-ruth"
    return (
        f"there is no destination {place}; configured are: {configured}. Take one of them, or "
        f'write it into [apprise] urls first, such as "{named}=pagerduty://…"'
    )
