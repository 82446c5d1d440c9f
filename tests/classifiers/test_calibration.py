"""Tests of the knobs and of the level of an alert."""

import pytest

from classifiers.calibration import Knobs, alert_level
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
