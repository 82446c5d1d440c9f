"""Every end but a fix says why."""

import pytest

from classifiers.corrections.resolutions import WORDS, Resolution, lacks_reason, resolution_of


@pytest.mark.parametrize("kind", list(Resolution))
def test_every_end_but_a_fix_needs_its_reason(kind: Resolution) -> None:
    assert lacks_reason(kind, " ") is (kind is not Resolution.FIXED)
    assert not lacks_reason(kind, "the maker of the printer must mend it")


def test_an_end_that_nobody_named_lacks_nothing() -> None:
    assert not lacks_reason(None, "")


def test_each_kind_has_words_and_is_read_back() -> None:
    assert set(WORDS) == set(Resolution)
    assert [resolution_of(str(kind)) for kind in Resolution] == list(Resolution)
    assert [resolution_of(odd) for odd in (None, "", 3, "duplicate")] == [None] * 4
