from responders.demo.day import TRUE_ISSUES
from responders.demo.steps import STEPS


def test_each_true_issue_has_its_whole_loop_and_the_names_of_steps_are_unique() -> None:
    names = [step.name for step in STEPS]
    assert len(set(names)) == len(names)
    for label in TRUE_ISSUES:
        assert [name.split(":")[0] for name in names if name.endswith(label)] == [
            "noticed",
            "alert sent",
            "drafts wait",
            "approved",
            "published",
            "threads told",
            "identified, and told",
            "resolved, and told back",
            "promises kept",
            "told in order on the page",
        ]


def test_what_must_not_happen_is_asked_when_the_day_is_over() -> None:
    late = {step.name.split(":")[0] for step in STEPS if step.at_the_end}
    assert late == {
        "told in order on the page",
        "nothing public without its approval",
        "each thread told once a phase",
        "our own words are no reports",
        "no second post after a restart",
        "the audit chain is whole",
        "nothing was refused",
        "heard and judged everything",
        "no alert for rumour, spam, brigade or talk",
    }
