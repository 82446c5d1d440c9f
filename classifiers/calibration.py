"""How much evidence is enough: the knobs of the judging core and the level of an alert.

Apart because an operator, a backtest and a correction all turn the same few knobs, and because the
way from "false alerts a week" to a score is an argument of its own.
"""

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from config.errors import SettingsError

LEVEL_AT_ONE_A_WEEK = 5.0
"""Score of an alert at a budget of one false alert a week, in either of the two spans.

Measured with both on mixed and on one-product streams of 50 to 1,500 posts a week, see docs.
"""

POSTS_A_WEEK_MEASURED = 2000.0
"""Up to this traffic the level above was measured; beyond it every post is one more test."""


MOST = 1e9
"""No knob has a use for more."""
SPANS = ("_hours", "_days", "_week")
"""Ends of the names of knobs that measure time: none of it would hold nothing."""
MAY_BE_NOTHING = frozenset({"history_min", "history_young"})
MAY_BE_NEGATIVE = frozenset({"level_extra"})


@dataclass(frozen=True)
class Span:
    """A stretch of time that is scanned up to now."""

    hours: float
    people: int  # with fewer nothing in it is an alert


@dataclass(frozen=True, kw_only=True)
class Knobs:
    """What may be tuned in the judging core; the defaults are one setting for every product."""

    false_alerts_per_week: float = 1.0
    window_posts: int = 4000
    window_days: float = 60.0
    refresh_posts: int = 100
    recent_hours: float = 24.0
    recent_people: int = 3
    slow_hours: float = 168.0
    slow_people: int = 5
    history_min: int = 50
    history_young: int = 300
    young_extra: float = 0.5
    centring: float = 0.7
    mean_prior: float = 50.0
    join_level: float = 0.5
    time_weight: float = 0.3
    time_scale_hours: float = 120.0
    neighbours: int = 20
    neighbour_power: float = 3.0
    density_gate: float = 0.4
    settle_neighbours: int = 10
    settle_level: float = 0.6
    settle_gate: float = 0.42
    merge_slack: float = 0.2
    open_hours: float = 24.0
    open_posts: int = 100
    exposure_floor_hours: float = 0.25
    copy_days: float = 14.0
    flood_copies: int = 5
    level_extra: float = 0.0

    @property
    def spans(self) -> tuple[Span, Span]:
        """The last hours, for what breaks at once, and the last days, for what leaks slowly.

        Three people who say the same in a week are usual; in hours they are not.
        """
        return (
            Span(self.recent_hours, self.recent_people),
            Span(self.slow_hours, self.slow_people),
        )

    @classmethod
    def with_settings(cls, settings: Mapping[str, str]) -> "Knobs":
        """Turn the words of ``--set key=value`` into knobs.

        Raises:
            SettingsError: an unknown key, with the one that was probably meant, or a value that
                the knob cannot have.
        """
        fields = {field.name: field.type for field in dataclasses.fields(cls)}
        values: dict[str, float | int] = {}
        for key, text in settings.items():
            if key not in fields:
                close = get_close_matches(key, fields, n=1)
                meant = f"did you mean {close[0]}?" if close else f"there are {', '.join(fields)}"
                raise SettingsError(f"--set {key}: no such knob; {meant}")
            values[key] = _number(key, text, whole=fields[key] is int)
        return dataclasses.replace(cls(), **values)  # type: ignore[arg-type]  # int or float each


def _number(key: str, text: str, *, whole: bool) -> float | int:
    """Return the value of a knob.

    Raises:
        SettingsError: it is no number, or one that the knob cannot have.
    """
    try:
        value = int(text) if whole else float(text)
    except ValueError as error:
        kind = "whole number" if whole else "number"
        raise SettingsError(f"--set {key}={text}: write a {kind}") from error
    if not math.isfinite(value) or value > MOST:
        raise SettingsError(f"--set {key}={text}: write a number up to {MOST:,.0f}")
    if value < 0 and key not in MAY_BE_NEGATIVE:
        raise SettingsError(f"--set {key}={text}: it cannot be negative")
    if value == 0 and (key.endswith(SPANS) or (whole and key not in MAY_BE_NOTHING)):
        raise SettingsError(f"--set {key}={text}: it must be more than 0")
    return value


MOST_EXTRA = 1.5
"""What verdicts may add to the level at the most: thirty times fewer false alerts."""
STEP = 0.1
"""The level moves in such steps, so that it does not move at each pass."""


@dataclass(frozen=True)
class Told:
    """What people said of the alerts of a stretch of time."""

    alerts: int = 0  # all of them, judged or not
    confirmed: int = 0
    dismissed: int = 0


@dataclass(frozen=True)
class Extra:
    """What verdicts add to a level, with its reason."""

    extra: float
    reason: str


def learned_extra(told: Told, *, budget: float, weeks: float) -> Extra:
    """Give what people's verdicts on alerts add to the level.

    False alerts come as a Poisson process whose rate is taken as Gamma(1, budget): the budget,
    held as firmly as one false alert. Only that share of the weeks counts whose alerts people
    judged, so that without verdicts the rate is the budget. A rate f times as high needs log10 f
    points more, because the score is -log10 of a tail probability. Never below 0: a quiet stretch
    earns no laxer level.

    Args:
        told: what people said of the alerts of these weeks.
        budget: false alerts a week that this product may have.
        weeks: length of the stretch.

    Example: 7 of 8 alerts in 4 weeks judged false at a budget of 1: (1 + 7) / (1 + 4) = 1.6 a week
    instead of 1, 0.2 points more.

    Source: Gelman et al., Bayesian Data Analysis, section 2.6 (Poisson model, Gamma prior).
    """
    judged = told.confirmed + told.dismissed
    if not judged or not told.dismissed:
        return Extra(0.0, "")
    heard = weeks * min(1.0, judged / max(told.alerts, judged))
    rate = (1.0 + told.dismissed) / (1.0 / max(budget, 1e-6) + heard)
    points = min(max(math.log10(rate / max(budget, 1e-6)), 0.0), MOST_EXTRA)
    extra = round(round(points / STEP) * STEP, 1)
    said = f"{told.dismissed} of the last {judged} alerts that were judged were called not an issue"
    return Extra(extra, f"{said}, about {rate:.1f} false a week where {budget:.1f} are accepted")


def alert_level(knobs: Knobs, *, posts_a_week: float, history: int) -> float:
    """Give the score at which evidence becomes an alert.

    The score is -log10 of a tail probability, so a budget ten times smaller costs one point more.
    Each post is one test: beyond the traffic measured, ten times the posts cost one point too.

    Args:
        knobs: ``false_alerts_per_week`` is this product's share of the installation's budget.
        posts_a_week: traffic of the stream.
        history: posts of the baseline.

    Example: budget 0.1 and 20,000 posts a week: 5 + 1 + 1 = 7.
    """
    level = LEVEL_AT_ONE_A_WEEK - math.log10(max(knobs.false_alerts_per_week, 1e-6))
    level += max(0.0, math.log10(max(posts_a_week, 1.0) / POSTS_A_WEEK_MEASURED))
    level += knobs.level_extra
    return level + (knobs.young_extra if history < knobs.history_young else 0.0)
