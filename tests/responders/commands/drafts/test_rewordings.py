"""What people changed, as the command line shows it."""

from tests.responders.commands.line import Workspace

FIRST = "2"
WORDS = "We know that it hangs and are on it. The next word comes by 16:00 UTC."


def test_an_untouched_text_says_so(proposed: Workspace) -> None:
    shown = proposed("draft", "show", FIRST, "--diff")
    assert "Version 1 is the template's own text; nobody changed it." in shown.out
    diff = proposed("draft", "show", FIRST, "--diff", "--json").json["diff"]
    assert (diff["from"], diff["to"], diff["distance"]) == (1, 1, 0.0)
    assert "diff" not in proposed("draft", "show", FIRST, "--json").json


def test_an_edit_is_shown_against_the_template_and_versions_against_each_other(
    proposed: Workspace,
) -> None:
    before = proposed("draft", "show", FIRST, "--json").json["text"]
    proposed("draft", "edit", FIRST, "--text", WORDS)
    proposed("draft", "edit", FIRST, "--text", WORDS.replace("hangs", "<b>stops</b>"))
    diff = proposed("draft", "show", FIRST, "--diff", "--json").json["diff"]
    assert (diff["from"], diff["to"]) == (1, 3)
    kept = "".join(one["text"] for one in diff["pieces"] if one["change"] != "added")
    assert kept == before
    shown = proposed("draft", "show", FIRST, "--from", "2")
    assert "it [-hangs-]{+<b>stops</b>+} and are" in shown.out
    assert "From version 2 to 3" in shown.out


def test_a_version_that_is_not_there_is_a_mistake(proposed: Workspace) -> None:
    said = proposed("draft", "show", FIRST, "--from", "7")
    assert (said.code, said.err) == (2, "groundswell: draft 2 has no version 7; it has 1\n")
