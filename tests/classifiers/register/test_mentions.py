"""What release notes name."""

import pytest

from classifiers.register.mentions import MOST, is_named, names_in


@pytest.mark.parametrize(
    ("text", "repository", "names"),
    [
        ("Fixes #7 and GS-3.", "Acme/App", ("GS-3", "acme/app#7")),
        ("Fixes #7.", None, ("#7",)),
        ("(#7), #8; [#9](https://x.example/y)", "a/b", ("a/b#7", "a/b#8", "a/b#9")),
        ("See acme/Core#12", "a/b", ("acme/core#12",)),
        ("https://github.com/Acme/App/issues/12.", None, ("acme/app#12",)),
        ('<a href="https://github.com/a/b/issues/12">#12</a>', "a/b", ("a/b#12",)),
        ("gs-4 and GS-4", None, ("GS-4",)),
        # Not a name: a heading, an entity, an anchor, a colour, a version, a pull request's page.
        ("# 7 &#39; page#5 #fff000 #0 v#", "a/b", ()),
        ("https://github.com/a/b/pull/12 https://x.example/p#12", None, ()),
        ("BUGS-12 GS-0 GS- GS-1234567890", None, ()),
        ("", "a/b", ()),
    ],
)
def test_names_are_found_and_look_alikes_are_not(
    text: str, repository: str | None, names: tuple[str, ...]
) -> None:
    assert names_in(text, repository=repository) == names


def test_a_ticket_is_named_by_its_own_repository_or_by_a_bare_number() -> None:
    assert is_named(("acme/app#7",), repository="Acme/App", number=7)
    assert is_named(("#7",), repository="acme/app", number=7)
    assert not is_named(("other/app#7", "acme/app#70"), repository="acme/app", number=7)


def test_a_hostile_text_is_read_in_bounds() -> None:
    assert len(names_in(" ".join(f"#{number}" for number in range(1, 5_000)))) == MOST
    assert names_in("a/" * 400_000) == ()
    assert names_in("-" * 300_000 + "#7") == ()
