"""Validators that a change in the same second would not move are not sent back."""

import pytest

from listener.platforms.feed_validators import validators_of

DATE = "Tue, 12 May 2026 12:00:05 GMT"


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ("Tue, 12 May 2026 12:00:05 GMT", False),
        ("Tue, 12 May 2026 12:00:04 GMT", False),
        ("Tue, 12 May 2026 12:00:03 GMT", True),
        ("Tue, 12 May 2026 12:00:09 GMT", False),
        ("Tue, 12 May 2026 12:00:05 -0000", False),
        ("Tue, 12 May 2026 11:00:05", True),
        ("yesterday", True),
    ],
)
def test_what_changed_a_moment_ago_may_change_again_unseen(changed: str, kept: bool) -> None:
    found = validators_of({"etag": '"a"', "last-modified": changed, "date": DATE})
    assert found == (
        {"etag": '"a"', "last_modified": changed} if kept else {"etag": None, "last_modified": None}
    )


def test_an_etag_alone_is_believed() -> None:
    assert validators_of({"etag": '"a"', "date": DATE}) == {"etag": '"a"', "last_modified": None}
