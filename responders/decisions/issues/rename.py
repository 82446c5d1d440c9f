"""Name an issue; the name a person gave stays, whatever is learnt later."""

from config.ground import Ground
from responders.decisions.acting import Actor, Role, acting
from responders.decisions.refusing import AlreadyDone
from responders.decisions.tracking import change, hold_issue, ref
from responders.decisions.wording import one_line
from responders.voice.words.drafting import digest


def rename(
    ground: Ground, actor: Actor, issue_id: int, title: str, *, version: int | None = None
) -> None:
    """Give an issue another title.

    Neither the timeline nor the audit keeps the old one: it may be the words of a stranger.

    Raises:
        AlreadyDone: it has that title, given by a person, or a person changed it since ``version``.
        NotAllowed: the role is too low, or the title cannot be shown.
        NotFound: there is no such issue.
    """
    with acting(ground, actor, Role.DRAFTER) as act:
        name = one_line(title, "the title")
        issue = hold_issue(act, issue_id, version=version)
        if issue.title == name and issue.titled_by:
            raise AlreadyDone(f"{ref(issue)} has that title already: {issue.titled_by} gave it")
        before = digest(issue.title)
        change(
            act, issue, kind="renamed", text=f"named “{name}”", data={"to": name},
            title=name, titled_by=act.actor.name,
        )  # fmt: skip
        act.note("issue renamed", ref(issue), title_sha256=digest(name), before_sha256=before)
