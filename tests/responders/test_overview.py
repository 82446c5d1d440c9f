"""How things stand, and what is worth a warning."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from config.database import reading, transaction
from config.ground import Ground
from config.settings import Settings
from config.tables import Beat
from listener.tables import Product, Source, SourceState
from responders import overview
from responders.passes import PASSES
from tests.conftest import NOON

ENGLISH = frozenset({"en"})


@pytest.mark.parametrize(
    ("counts", "judged", "warned"),
    [
        ({}, ENGLISH, False),
        ({"en": 100}, ENGLISH, False),
        ({"en": 95, "es": 5}, ENGLISH, False),
        ({"en": 94, "es": 6}, ENGLISH, True),
        ({"en": 94, "es": 3, "de": 3}, ENGLISH, True),
        ({"en": 40, None: 60}, ENGLISH, False),
        ({"es": 100}, None, False),
        ({"en": 50, "de": 50}, frozenset({"en", "de"}), False),
    ],
)
def test_more_than_a_twentieth_in_a_language_the_model_cannot_judge_is_said(
    counts: Mapping[str | None, int], judged: frozenset[str] | None, warned: bool
) -> None:
    assert bool(overview.language_warnings(counts, judged)) is warned


def test_the_language_warning_names_shares_and_the_remedy() -> None:
    (words,) = overview.language_warnings({"en": 90, "de": 4, "es": 6}, ENGLISH)
    assert words.startswith("10 % of posts")
    assert "es 6 %, de 4 %" in words
    assert "[detect] model" in words


def test_the_packaged_model_judges_english_only(ground: Ground) -> None:
    assert overview.judged_languages(ground.settings) == ENGLISH


def test_a_late_pass_is_named_and_a_service_that_does_not_run_is_one_sentence() -> None:
    beats = {one.name: Beat(name=one.name, at=NOON) for one in PASSES}
    assert overview.service_warnings(beats, now=NOON + timedelta(seconds=60)) == []
    beats["detect"].at = NOON - timedelta(seconds=5)
    late = overview.service_warnings(beats, now=NOON + timedelta(seconds=60))
    assert late == ["detect last ran 65 s ago"]
    (words,) = overview.service_warnings(beats, now=NOON + timedelta(days=1))
    assert words.startswith("nothing has run since 2026-05-12 12:00 UTC")
    (words,) = overview.service_warnings({}, now=NOON)
    assert words.startswith("nothing has run yet")


def test_an_overview_counts_what_the_rows_hold(ground: Ground) -> None:
    with transaction(ground.engine) as session:
        session.add(Product(name="Kettle", created_at=NOON))
        session.flush()
        for name, state in (("forum", SourceState.OK), ("blog", SourceState.UNREACHABLE)):
            session.add(
                Source(
                    product_id=1,
                    name=name,
                    kind="feed",
                    url=f"https://{name}.example",
                    state=state,
                    reason="no answer",
                    created_at=NOON,
                )
            )
    with reading(ground.engine) as session:
        found = overview.look(session, ground.settings, machine_time=NOON)
    assert [source.name for source in found.sources] == ["blog", "forum"]
    assert found.deliveries == {"queued": 0, "in_doubt": 0, "failed": 0, "by_hand": 0}
    assert "blog is unreachable: no answer" in found.warnings
    assert not any("forum" in warning for warning in found.warnings)


def test_a_young_installation_says_that_it_cannot_alert_yet(ground: Ground) -> None:
    with transaction(ground.engine) as session:
        session.add(Product(name="default", created_at=NOON))
    with reading(ground.engine) as session:
        (warning,) = overview.learning_warnings(session, now=NOON)
    assert "still learning what is usual for default: 0 of 50" in warning
    assert "groundswell post import FILE" in warning


@pytest.mark.parametrize(
    ("url", "drafts", "warned"),
    [
        ("", 1, True),
        ("http://127.0.0.1:8080/", 1, True),
        ("http://localhost/", 2, True),
        ("", 0, False),
        ("https://status.example/", 3, False),
    ],
)
def test_drafts_that_link_a_page_nobody_else_can_read_are_warned_of(
    settings: Settings, url: str, drafts: int, *, warned: bool
) -> None:
    page = settings.page.model_copy(update={"url": url})
    found = overview.link_warnings(settings.model_copy(update={"page": page}), drafts=drafts)
    assert bool(found) is warned


@pytest.mark.parametrize("state", ["in_doubt", "by_hand", "failed"])
def test_messages_that_wait_for_a_person_name_the_command(state: str) -> None:
    (one,) = overview.delivery_warnings({state: 1, "sent": 9})
    (two,) = overview.delivery_warnings({state: 2})
    assert one.startswith("1 message ")
    assert two.startswith("2 messages ")
    assert one.endswith(f": groundswell delivery list --state {state}")
