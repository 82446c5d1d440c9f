import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.decisions.drafts.seconding import needed

SEVERITIES = ("cosmetic", "minor", "major", "critical")
PHASES = ("investigating", "identified", "monitoring", "resolved")


def persons(
    severity: str = "critical",
    phase: str = "resolved",
    *,
    from_template: bool = True,
    reviewed: bool = True,
    two: tuple[str, ...] = ("critical",),
    cleared: tuple[str, ...] = (),
) -> int:
    return needed(
        severity=severity, phase=phase, from_template=from_template, reviewed=reviewed,
        two_persons=two, precleared=cleared,
    ).persons  # fmt: skip


def test_one_yes_is_enough_where_a_house_asks_for_nothing() -> None:
    assert {persons(severity, two=()) for severity in SEVERITIES} == {1}


def test_two_are_needed_for_the_severities_that_a_house_names() -> None:
    found = {severity: persons(severity, two=("critical", "major")) for severity in SEVERITIES}
    assert found == {"cosmetic": 1, "minor": 1, "major": 2, "critical": 2}


@pytest.mark.parametrize(
    ("cleared", "expected"),
    [
        (("resolved",), 1),
        (("critical:resolved",), 1),
        (("major:resolved",), 2),
        (("investigating",), 2),
        (("critical:investigating",), 2),
    ],
)
def test_words_cleared_beforehand_need_one(cleared: tuple[str, ...], expected: int) -> None:
    assert persons(cleared=cleared) == expected


def test_only_the_templates_own_words_in_a_reviewed_language_were_cleared() -> None:
    cleared = ("resolved",)
    assert persons(cleared=cleared, from_template=False) == 2
    assert persons(cleared=cleared, reviewed=False) == 2


@given(
    ours=st.tuples(st.booleans(), st.booleans()),
    severity=st.sampled_from(SEVERITIES),
    phase=st.sampled_from(PHASES),
    two=st.sets(st.sampled_from(SEVERITIES)),
    cleared=st.sets(st.sampled_from([*PHASES, *(f"{s}:{p}" for s in SEVERITIES for p in PHASES)])),
)
def test_never_none_and_never_more_for_more_that_was_cleared(
    ours: tuple[bool, bool], severity: str, phase: str, two: set[str], cleared: set[str]
) -> None:
    from_template, reviewed = ours
    found, fewer = (
        needed(
            severity=severity, phase=phase, from_template=from_template, reviewed=reviewed,
            two_persons=two, precleared=some,
        )
        for some in (cleared, set[str]())
    )  # fmt: skip
    assert 1 <= found.persons <= fewer.persons <= 2
    assert found.reason
