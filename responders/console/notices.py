"""What an act came to, said on the page that follows it; pure.

An address names a sentence by a word and never holds one, so nobody can put words into our mouth
with a link.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from config.errors import GroundswellError, TransientError
from responders.console.views.remedies import at_the_console
from responders.decisions.refusing import AlreadyDone, Held, NotAllowed, NotFound

TOKEN, ANYWAY = "csrf_token", "anyway"
DONE: Final[Mapping[str, str]] = {
    "edited": "The new text is kept. It waits for approval.",
    "first": "The first yes of two for {whom} is kept. Nothing was sent before the second.",
    "released": "The draft for {whom} is free for anybody.",
    "rejected": "Rejected. Nothing is sent to {whom}.",
    "silent": "We stay silent. Nothing is sent to {whom}.",
    "taken-back": "Taken back. Nothing was sent to {whom}; the text waits again.",
    "sent": "Noted where it stands. {whom} counts as told.",
    "not-sent": "Noted that it is not there.",
    "state": "The state is changed. What the public hears next is drafted within seconds.",
    "rename": "The title is changed, and stays.",
    "workaround": "Noted. Texts that wait are drafted anew with what helps now.",
    "merge": "Merged. Its posts and told threads went with it.",
    "unmerge": "Taken out again.",
    "split": "These posts are an issue of their own now. Nobody was alerted again.",
    "move": "The posts are moved. What answered them is out of date and drafted anew.",
    "snooze": "Snoozed. Nothing more is proposed until then.",
    "mute": "Muted. Nobody is told and nothing is proposed.",
    "not-an-issue": "Noted that it is no issue. What was drafted is out of date.",
    "acknowledge": "Noted that you know of it. Nobody else is called.",
    "unacknowledge": "Nobody knows of it now, so people are called again.",
    "take": "You have it. Everybody sees that.",
    "hand-back": "Handed back. Nobody has it now.",
    "judge": "Noted. Posts like it are taken so from now on.",
    "ticket": "The ticket is on its way to engineering.",
    "link-ticket": "Linked. When it is closed, a state is suggested here.",
    "unlink-ticket": "It has no ticket now.",
    "corrected": "The new text for {whom} is on its way. Here stands how it goes.",
    "first-change": "Your yes is kept. The reply to {whom} changes once somebody else confirms it.",
    "confirmed": "Confirmed. The reply to {whom} changes now.",
    "unchanged": "Taken back. The reply to {whom} stays as it is.",
    "deleted": "The reply to {whom} is being taken away. Its thread counts as not told then.",
    "decline": "It stays as it is; what engineering does next is told anew.",
    "wake": "It is tracked as any other again.",
}
"""A sentence for each thing that was done; an approval has its own bar with the way back."""


@dataclass(frozen=True)
class Notice:
    """One sentence about an act."""

    words: str
    lost: bool = False
    """Somebody else was first."""
    done: bool = False
    of: int | None = None
    """The draft it speaks of, where another one is in focus."""
    again: "Again | None" = None
    """The form that was refused only because somebody else reads the draft."""


@dataclass(frozen=True)
class Again:
    """A form to send once more, by a person who was asked."""

    path: str
    fields: Mapping[str, str]


def done_words(did: str, *, whom: str, of: int | None) -> Notice | None:
    """Return the notice of something done; None for what we have no sentence for."""
    words = DONE.get(did)
    if words is None:
        return None
    return Notice(words.format(whom=whom or "anybody"), done=True, of=of)


def again(path: str, fields: Mapping[str, str]) -> Again:
    """Return a form as it was sent, now on purpose; its token is this log-in's own, made anew."""
    kept = {name: value for name, value in fields.items() if name not in {TOKEN, ANYWAY}}
    return Again(path, {**kept, ANYWAY: "1"})


def refused(error: GroundswellError, again: Again | None = None) -> tuple[Notice, int]:
    """Return what did not happen in a sentence, and the status that says the same.

    Args:
        error: why.
        again: the form, to be sent on purpose where somebody else only reads the draft.
    """
    words = at_the_console(str(error))
    sentence = f"{words[:1].upper()}{words[1:]}"
    if not sentence.endswith((".", "?")):
        sentence += "."
    if isinstance(error, Held):
        return Notice(sentence, again=again), 409
    if isinstance(error, AlreadyDone):
        return Notice(sentence, lost=True), 409
    if isinstance(error, NotFound):
        return Notice(sentence), 404
    if isinstance(error, NotAllowed):
        return Notice(sentence), 403
    if isinstance(error, TransientError):
        return Notice(f"{sentence} Nothing was changed."), 503
    return Notice(f"{sentence} Nothing was changed."), 422
