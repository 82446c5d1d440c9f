"""What a product's file declares of its on-call people: ladder, quiet hours, roster.

Pure. It stands under ``[product.oncall]`` and is kept with the product as written, as the policy
is; what a product leaves out is as the settings say. Mistakes are told to the person who wrote the
file; what cannot be read in the store counts as not declared, and doctor tells of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Annotated, Any, Literal, get_args

from pydantic import ConfigDict, Field, StringConstraints, ValidationError
from pydantic import field_validator as checked

from classifiers.tables import Severity
from config.errors import SettingsError
from config.setting_forms import Written, formed
from config.settings_mistakes import remedy
from listener.tables import Product
from responders.delivery.quiet import Quiet, named, quiet_hours
from responders.oncall.escalation import Ladder, ladder_of
from responders.oncall.ladder.duty import DAYS, Overlap, Rota, Shift, Swapped, overlaps

KEY = "oncall"
"""Under which a product keeps it, as written."""
NAME = formed(
    r"[^\s|<>@`*_][^|<>@`*_\n]{0,39}",
    "is no name for a roster, since it stands in messages; write 1 to 40 characters without "
    "| < > @ ` * _, such as ruth",
)
Name = Annotated[str, StringConstraints(strip_whitespace=True), NAME]
DISCORD = formed(
    r"[1-9][0-9]{14,19}",
    "is no Discord id; write the person's number, such as 123456789012345678: in Discord switch on "
    "Developer Mode under Advanced, then right-click the person: Copy User ID",
)
SLACK = formed(
    r"[UW][A-Z0-9]{2,30}",
    "is no Slack id; write the person's, such as U024BE7LH: in Slack open the profile, press the "
    "three dots and Copy member ID",
)
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
MOST = 200
"""People, and shifts, of one product."""


class _Declared(Written):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class DeclaredPerson(_Declared):
    """By which accounts somebody is called."""

    model_config = ConfigDict(coerce_numbers_to_str=True)  # Discord's ids look like numbers

    discord: Annotated[str, DISCORD] | None = None
    slack: Annotated[str, SLACK] | None = None
    pager: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    """A destination, such as ``apprise:pager-ruth``."""


class DeclaredShift(_Declared):
    """Hours that some people cover in turns."""

    name: Name = "shift"
    people: list[Name] = Field(min_length=1, max_length=MOST)
    begins: time = Field(alias="from")
    ends: time = Field(alias="until")
    since: date
    turn_days: int = Field(default=7, ge=1, le=366)
    days: list[Weekday] = Field(default=list(get_args(Weekday)), min_length=1)
    zone: str | None = None

    @checked("begins", "ends")
    @classmethod
    def _by_the_clock(cls, value: time) -> time:
        if value.tzinfo is not None or value.second or value.microsecond:
            raise ValueError("write hours and minutes by the clock of the zone, such as 08:00")
        return value

    @checked("zone")
    @classmethod
    def _known_zone(cls, zone: str | None) -> str | None:
        if zone is not None:
            named(zone)
        return zone


class DeclaredOncall(_Declared):
    """Everything under ``[product.oncall]``."""

    zone: str | None = None
    quiet: str | None = None
    quiet_override: list[Severity] | None = None
    ladder: dict[Severity, list[str]] = Field(default={})
    people: dict[Name, DeclaredPerson] = Field(default={}, max_length=MOST)
    shifts: list[DeclaredShift] = Field(default=[], max_length=MOST)

    @checked("zone")
    @classmethod
    def _known_zone(cls, zone: str | None) -> str | None:
        if zone is not None:
            named(zone)
        return zone

    @checked("quiet")
    @classmethod
    def _hours(cls, quiet: str | None) -> str | None:
        begins, _, ends = (quiet or "").replace(" ", "").partition("-")
        if quiet and begins == ends:
            raise ValueError(
                "quiet hours that end when they begin let nobody be called; write two times, such "
                'as 22:00-07:00, or "" for none'
            )
        if quiet:
            quiet_hours(quiet, "UTC")
        return quiet

    @checked("ladder")
    @classmethod
    def _steps(cls, ladder: dict[Severity, list[str]]) -> dict[Severity, list[str]]:
        for severity, steps in ladder.items():
            try:
                ladder_of(steps)
            except ValueError as error:
                raise ValueError(f"{severity}: {error}") from error
        return ladder


@dataclass(frozen=True, kw_only=True)
class Usual:
    """What the settings say where a product says nothing."""

    zone: str
    quiet: str
    quiet_override: Sequence[str]
    ladders: Mapping[str, Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How the on-call people of a product are reached."""

    zone: str
    quiet: Quiet | None
    quiet_override: frozenset[str]
    ladders: Mapping[str, Ladder]
    people: Mapping[str, DeclaredPerson]
    rota: Rota

    def quiet_for(self, severity: str) -> Quiet | None:
        """Return the hours that hold up calls of a severity."""
        return None if severity in self.quiet_override else self.quiet

    def with_swaps(self, swaps: Sequence[Swapped]) -> "Plan":
        """Return it with the days that people swapped, the newest last."""
        return replace(self, rota=replace(self.rota, swaps=tuple(swaps)))


def read_oncall(declared: Mapping[str, Any]) -> DeclaredOncall:
    """Return what a product's file declares; nothing where it declares nothing.

    Args:
        declared: what the file says of the product beyond its own keys.

    Raises:
        SettingsError: one line for every mistake, with its key and the remedy.
    """
    found = declared.get(KEY, {})
    if not isinstance(found, Mapping):
        raise SettingsError(f"{KEY}: write it as a table of its own: [product.{KEY}]")
    try:
        oncall = DeclaredOncall.model_validate(found)
    except ValidationError as error:
        raise SettingsError("\n".join(_lines(error))) from error
    mistakes = [*_unknown_people(oncall), *_twice(oncall)]
    if mistakes:
        raise SettingsError("\n".join(mistakes))
    return oncall


def _lines(error: ValidationError) -> Iterator[str]:
    for detail in error.errors():
        subject = _spelled([KEY, *(part for part in detail["loc"] if part != "[key]")])
        model = _MODELS.get(str(detail["loc"][0]) if len(detail["loc"]) > 1 else "", DeclaredOncall)
        yield f"{subject}: {remedy(detail, _keys(model), what='key')}"


def _spelled(parts: Sequence[str | int]) -> str:
    """Return where something stands, such as ``oncall.shifts number 1, days number 2``."""
    words, join = "", ""
    for part in parts:
        words += f" number {part + 1}" if isinstance(part, int) else f"{join}{part}"
        join = ", " if isinstance(part, int) else "."
    return words


def _keys(model: type[_Declared]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


_MODELS: Mapping[str, type[_Declared]] = {"people": DeclaredPerson, "shifts": DeclaredShift}


def _unknown_people(oncall: DeclaredOncall) -> Iterator[str]:
    """Find slips of the pen in names, where people are listed at all."""
    for shift in oncall.shifts if oncall.people else ():
        for name in shift.people:
            if name not in oncall.people:
                known = ", ".join(sorted(oncall.people))
                yield f"{KEY}.shifts: {shift.name}: there is no {name} in people; known: {known}"


def _twice(oncall: DeclaredOncall) -> Iterator[str]:
    names = [shift.name for shift in oncall.shifts]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{KEY}.shifts: {name} stands there twice; give each shift a name of its own"


def plan_of(oncall: DeclaredOncall, usual: Usual) -> Plan:
    """Return how people are reached, with what the settings say where the product is silent."""
    zone = oncall.zone or usual.zone
    quiet = usual.quiet if oncall.quiet is None else oncall.quiet
    override = usual.quiet_override if oncall.quiet_override is None else oncall.quiet_override
    written = {**usual.ladders, **{str(key): steps for key, steps in oncall.ladder.items()}}
    return Plan(
        zone=zone,
        quiet=quiet_hours(quiet, zone) if quiet else None,
        quiet_override=frozenset(map(str, override)),
        ladders={severity: ladder_of(steps) for severity, steps in written.items()},
        people=oncall.people,
        rota=Rota(tuple(_shift(one, zone) for one in oncall.shifts)),
    )


def _shift(one: DeclaredShift, zone: str) -> Shift:
    return Shift(
        name=one.name,
        people=tuple(one.people),
        begins=one.begins,
        ends=one.ends,
        zone=one.zone or zone,
        since=one.since,
        turn_days=one.turn_days,
        days=frozenset(DAYS.index(day) for day in one.days),
    )


def refuse_overlaps(plan: Plan, *, now: datetime) -> list[Overlap]:
    """Return the overlaps that come with two time zones; any other is a mistake.

    Raises:
        SettingsError: two shifts of one zone overlap; it names the first time.
    """
    found = overlaps(plan.rota, now)
    mistakes = [
        f"{KEY}.shifts: {overlap_in_words(one, plan.zone)}" for one in found if one.same_zone
    ]
    if mistakes:
        raise SettingsError("\n".join(mistakes))
    return found


def overlap_in_words(one: Overlap, zone: str) -> str:
    """Say that two shifts overlap, and when first."""
    at = one.second.begins_at.astimezone(named(zone))
    until = min(one.first.ends_at, one.second.ends_at).astimezone(named(zone))
    return (
        f"{one.first.shift} and {one.second.shift} overlap, first on {at:%Y-%m-%d %H:%M} until "
        f"{until:%H:%M} ({zone}); let one end when the other begins"
    )


def plan_or_usual(product: Product, usual: Usual) -> Plan:
    """Return a product's plan; what cannot be read counts as not declared."""
    try:
        return plan_of(read_oncall(product.extra), usual)
    except SettingsError:
        return plan_of(DeclaredOncall(), usual)


def mistaken(products: Sequence[Product], *, usual: Usual, now: datetime) -> list[str]:
    """Return what is wrong with what some products declare, with the remedy."""
    found: list[str] = []
    for product in products:
        try:
            refuse_overlaps(plan_of(read_oncall(product.extra), usual), now=now)
        except SettingsError as error:
            fix = "correct it in the product's file: groundswell apply"
            found += [f"{product.name}: {line}; {fix}" for line in str(error).splitlines()]
    return found
