"""Tests of the knobs and of the level of an alert."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.calibration import Knobs, Told, alert_level, learned_extra
from config.errors import SettingsError


def level(budget: float = 1.0, *, posts: float = 500.0, history: int = 1000) -> float:
    knobs = Knobs(false_alerts_per_week=budget)
    return alert_level(knobs, posts_a_week=posts, history=history)


def test_a_tenth_of_the_budget_costs_one_point() -> None:
    assert level(0.1) == pytest.approx(level(1.0) + 1.0)


def test_ten_times_the_posts_beyond_the_measured_traffic_cost_one_point() -> None:
    assert level(posts=20_000.0) == pytest.approx(level(posts=2_000.0) + 1.0)
    assert level(posts=10.0) == level(posts=2_000.0)


def test_a_young_history_is_trusted_less() -> None:
    knobs = Knobs(young_extra=0.5)
    young = alert_level(knobs, posts_a_week=100.0, history=60)
    assert young == alert_level(knobs, posts_a_week=100.0, history=900) + 0.5


def test_words_become_knobs() -> None:
    knobs = Knobs.with_settings({"false_alerts_per_week": "2", "window_posts": "100"})
    assert (knobs.false_alerts_per_week, knobs.window_posts) == (2.0, 100)


@pytest.mark.parametrize("settings", [{"no_such": "1"}, {"window_posts": "1.5"}, {"centring": "x"}])
def test_wrong_words_are_named(settings: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=next(iter(settings))):
        Knobs.with_settings(settings)


def test_a_wrong_key_names_the_one_that_was_meant() -> None:
    with pytest.raises(SettingsError, match=r"no such knob; did you mean slow_hours\?"):
        Knobs.with_settings({"slow_hour": "9"})
    with pytest.raises(SettingsError, match="there are false_alerts_per_week, window_posts"):
        Knobs.with_settings({"zzz": "9"})


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Knobs)])
def test_every_knob_can_be_set_and_refuses_what_it_cannot_be(name: str) -> None:
    assert getattr(Knobs.with_settings({name: "7"}), name) == 7
    for value in ("nan", "inf", "1e99", "", "many"):
        with pytest.raises(SettingsError, match=f"--set {name}={value}: "):
            Knobs.with_settings({name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [("centring", "-1"), ("window_posts", "0"), ("window_posts", "1.5"), ("recent_hours", "0")],
)
def test_a_knob_refuses_a_number_that_would_mean_nothing(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"--set {name}={value}"):
        Knobs.with_settings({name: value})


def test_without_verdicts_the_level_is_what_the_budget_says() -> None:
    for alerts in (0, 3, 40):
        assert learned_extra(Told(alerts=alerts), budget=1.0, weeks=4.0).extra == 0.0
    confirmed = Told(alerts=9, confirmed=9)
    assert learned_extra(confirmed, budget=0.02, weeks=4.0).extra == 0.0


@pytest.mark.parametrize(
    ("told", "budget", "extra"),
    [
        (Told(alerts=8, confirmed=1, dismissed=7), 1.0, 0.2),
        (Told(alerts=2, confirmed=0, dismissed=2), 1.0, 0.0),  # within the budget
        (Told(alerts=6, confirmed=3, dismissed=3), 0.1, 0.5),
        (Told(alerts=500, confirmed=0, dismissed=500), 0.01, 1.5),  # bounded
    ],
)
def test_false_alerts_beyond_the_budget_raise_the_level(
    told: Told, budget: float, extra: float
) -> None:
    found = learned_extra(told, budget=budget, weeks=4.0)
    assert found.extra == pytest.approx(extra)
    judged = told.confirmed + told.dismissed
    assert f"{told.dismissed} of the last {judged} alerts" in found.reason


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), st.floats(0.01, 20.0))
def test_a_dismissal_never_lowers_the_level_and_a_confirmation_never_raises_it(
    confirmed: int, dismissed: int, unjudged: int, budget: float
) -> None:
    def extra(confirmed: int, dismissed: int) -> float:
        told = Told(confirmed + dismissed + unjudged, confirmed, dismissed)
        found = learned_extra(told, budget=budget, weeks=4.0).extra
        assert 0.0 <= found <= 1.5
        assert found == pytest.approx(round(found, 1))
        return found

    assert extra(confirmed, dismissed) <= extra(confirmed, dismissed + unjudged + 1) + 1e-9
    assert alert_level(Knobs(level_extra=0.3), posts_a_week=0, history=999) == pytest.approx(5.3)
