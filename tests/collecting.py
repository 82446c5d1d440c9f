"""How tests are looked for: the longest files first, and without going through what stays.

Two workers take whole files. A long one that is taken last keeps one of them busy while the other
has nothing left to do.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

LONG = (
    "tests/faults/test_mutants.py",
    "tests/faults/test_mutants_of_the_loop.py",
    "tests/faults/test_every_boundary.py",
    "tests/faults/test_faulty_platform.py",
    "tests/faults/test_public_channels.py",
    "tests/faults/test_public_channels_killed.py",
    "tests/faults/test_alert_channels.py",
    "tests/faults/test_any_order.py",
    "tests/faults/test_platform_swept.py",
    "tests/journeys/test_demo_day.py",
    "tests/responders/demo/test_play.py",
    "tests/classifiers/test_known_issues.py",
    "tests/classifiers/test_languages.py",
    "tests/classifiers/test_detect.py",
    "tests/classifiers/test_judging.py",
    "tests/classifiers/corrections/test_learning.py",
    "tests/responders/delivery/test_outbox.py",
    "tests/responders/test_service.py",
    "tests/responders/commands/test_doctor.py",
    "tests/responders/commands/test_db.py",
    "tests/responders/decisions/drafts/test_approve_at_once.py",
    "tests/responders/decisions/issues/test_merge_lasting.py",
    "tests/responders/voice/test_respond_laws.py",
    "tests/responders/voice/leave/test_wishes_laws.py",
    "tests/responders/decisions/test_reopening_laws.py",
    "tests/classifiers/embedders/test_sentence.py",
    "tests/test_setup.py",
)
"""The files that take longest, or some of them.

A worker takes its next file two tests before its last one ends: what follows a file of few long
tests should be short.
"""


def longest_first(items: list[pytest.Item]) -> None:
    """Put the long files first; the others, and the tests within each, stay as they are."""
    rank = {name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: rank.get(item.nodeid.partition("::")[0], len(LONG)))


@contextmanager
def undisturbed() -> Iterator[None]:
    """Look for tests without collecting garbage, and never look for any among what was found.

    Half a million things stay until the end; going through them again and again was a quarter of
    the time, and is slow afterwards, too.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()
