"""What a press in chat does: who pressed, may they, and which act of ``decisions`` it is.

Knows no platform; each face hands the press on and draws what comes back. Who somebody is, is asked
anew at each press, so a role that was taken away counts at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from classifiers.store import reference
from config.database import reading
from config.errors import GroundswellError, PermanentError, TransientError
from config.ground import Ground
from config.logs import event_log
from listener.intake.handing_in import Chat
from responders.bots import reading as looking
from responders.bots import reporting
from responders.bots.speaking import Field, Form, Said
from responders.decisions import pause
from responders.decisions.acting import AlreadyDone, NotAllowed
from responders.decisions.drafts.approve import approve, take_back
from responders.decisions.drafts.edit import edit
from responders.decisions.issues import acknowledge as acknowledging
from responders.decisions.issues import merge, mute, take
from responders.decisions.once import is_first
from responders.decisions.people import linking
from responders.decisions.people.linking import Account, Known
from responders.decisions.refusing import Blocked
from responders.decisions.wording import at_time
from responders.oncall.pressing import Button, Do, Press

SNOOZES: Mapping[str, tuple[str, timedelta]] = {
    "1h": ("1 hour", timedelta(hours=1)),
    "4h": ("4 hours", timedelta(hours=4)),
    "12h": ("12 hours", timedelta(hours=12)),
    "3d": ("3 days", timedelta(days=3)),
}
TEXTS = frozenset({Do.READ, Do.APPROVE, Do.OVERRIDE, Do.EDIT, Do.TAKE_BACK})
"""What concerns a text that leaves in public: a user of ours must be known, not a role alone."""
WORD = 100
"""Characters of a reason that a form takes."""
FORMS: Mapping[Do, tuple[str, str]] = {
    Do.MUTE: ("Mute", "Why is nobody to be told?"),
    Do.NOT_AN_ISSUE: ("Not an issue", "Why is it none of ours?"),
    Do.UNACKNOWLEDGE: ("Un-acknowledge", "Why is it open again?"),
    Do.OVERRIDE: ("Approve anyway", "Why may it leave as it is?"),
}
"""The presses that ask for a reason first: title and question."""

log = event_log(__name__)


class Outsider(PermanentError):
    """Somebody who may decide nothing here."""


@dataclass(frozen=True)
class Door:
    """Who may decide by one chat."""

    chat: linking.Chat
    known: Callable[[Session, Account], Known | None]
    """Tells as whom an account decides; None for an outsider."""

    def remedy(self, account: Account) -> str:
        """Say how an admin lets an account in."""
        return f"groundswell user link NAME --{self.chat.name.lower()} {account.number}"


class Desk:
    """Takes presses and commands of one chat."""

    def __init__(self, ground: Ground, door: Door) -> None:
        self.ground, self._door = ground, door

    def answer(self, account: Account, press: Press, words: Mapping[str, str]) -> Said:
        """Do what a press asks for, and say what came of it; never raises what a person can read.

        Args:
            account: who pressed.
            press: what.
            words: what stands in the form or was chosen, by the field's name.
        """
        return self._told(lambda: ACTS[press.do](self, self.who(account, press.do), press, words))

    def once(self, press: str, decide: Callable[[], Said]) -> Said | None:
        """Decide what a platform may tell more than once; None where it was decided before."""
        try:
            if not is_first(self.ground, press):
                log.info("press_told_again", via=self._door.chat.name)
                return None
        except GroundswellError as error:
            return Said(_sentence(error))
        return decide()

    def form(self, account: Account, press: Press) -> Form | Said:
        """Return the form that a press opens, or why there is none."""
        try:
            self.who(account, press.do)
            return (
                looking.edit_form(self.ground, press) if press.do is Do.EDIT else reason_form(press)
            )
        except GroundswellError as error:
            return Said(_sentence(error))

    def command(self, account: Account, act: Callable[[Known], Said]) -> Said:
        """Do what a command asks for."""
        return self._told(lambda: act(self.who(account, None)))

    def who(self, account: Account, do: Do | None) -> Known:
        """Return who somebody is here.

        Raises:
            Outsider: nobody who may decide.
            NotAllowed: a text needs a user of ours.
        """
        with reading(self.ground.engine) as session:
            known = self._door.known(session, account)
        if known is None:
            log.info("outsider_refused", via=self._door.chat.name, account=account.number)
            remedy = self._door.remedy(account)
            raise Outsider(f"You may not decide here. An admin can let you: {remedy}")
        if do in TEXTS and not known.linked:
            raise NotAllowed(
                "what leaves in public needs a known person, not a role alone; an admin can link "
                f"you: {self._door.remedy(account)}"
            )
        return known

    def _told(self, act: Callable[[], Said]) -> Said:
        try:
            return act()
        except GroundswellError as error:
            return Said(_sentence(error))
        except Exception as error:
            log.error("press_broke", error=type(error).__name__, exc_info=True)
            return Said("Something broke here, and nothing was decided. It stands in our log.")

    # The acts ------------------------------------------------------------------------------------

    def acknowledge(self, who: Known, press: Press, _words: Mapping[str, str]) -> Said:
        """Say that one knows of it."""
        acknowledging.acknowledge(self.ground, who.actor, press.issue)
        return Said(f"You acknowledged {reference(press.issue)}.")

    def unacknowledge(self, who: Known, press: Press, words: Mapping[str, str]) -> Said:
        """Take that back."""
        why = words.get("reason", "")
        acknowledging.unacknowledge(self.ground, who.actor, press.issue, why)
        return Said(f"{reference(press.issue)} is acknowledged by nobody now.")

    def take(self, who: Known, press: Press, _words: Mapping[str, str]) -> Said:
        """Take the issue."""
        try:
            take.take(self.ground, who.actor, press.issue, anyway=press.do is Do.TAKE_OVER)
        except AlreadyDone as error:
            if looking.holder(self.ground, press.issue) in {"", who.actor.name}:
                raise
            over = Button("Take it over", str(Press(Do.TAKE_OVER, press.issue)))
            return Said(_sentence(error), buttons=(over,))
        return Said(f"You have {reference(press.issue)} now.")

    def hand_back(self, who: Known, press: Press, _words: Mapping[str, str]) -> Said:
        """Let the issue go."""
        take.hand_back(self.ground, who.actor, press.issue)
        return Said(f"Nobody has {reference(press.issue)} now.")

    def snooze(self, who: Known, press: Press, words: Mapping[str, str]) -> Said:
        """Let it rest; without a time chosen, ask for one."""
        chosen = SNOOZES.get(words.get("chosen", ""))
        if chosen is None:
            return looking.snooze_choices(press, SNOOZES)
        until = self.ground.clock.now() + chosen[1]
        mute.snooze(self.ground, who.actor, press.issue, until)
        return Said(
            f"{reference(press.issue)} rests until {at_time(until)}, or until it grows much."
        )

    def mute(self, who: Known, press: Press, words: Mapping[str, str]) -> Said:
        """Tell nobody of it."""
        mute.mute(self.ground, who.actor, press.issue, words.get("reason", ""))
        return Said(f"{reference(press.issue)} is muted. Wake it by the button of its card.")

    def not_an_issue(self, who: Known, press: Press, words: Mapping[str, str]) -> Said:
        """Say that it is none of ours."""
        mute.not_an_issue(self.ground, who.actor, press.issue, words.get("reason", ""))
        return Said(f"{reference(press.issue)} is no issue of ours.")

    def wake(self, who: Known, press: Press, _words: Mapping[str, str]) -> Said:
        """End the quiet about it."""
        mute.wake(self.ground, who.actor, press.issue)
        return Said(f"{reference(press.issue)} is awake.")

    def merge(self, who: Known, press: Press, words: Mapping[str, str]) -> Said:
        """Make it part of another issue; without one chosen, ask for it."""
        chosen = words.get("chosen", "")
        if not chosen.isdecimal():
            return looking.merge_choices(self.ground, press)
        merge.merge(self.ground, who.actor, press.issue, int(chosen))
        return Said(f"{reference(press.issue)} is part of {reference(int(chosen))} now.")

    def read(self, _who: Known, press: Press, _words: Mapping[str, str]) -> Said:
        """Show the drafts that wait, one by one."""
        after = int(press.more[0]) if press.more and press.more[0].isdecimal() else 0
        return looking.waiting_draft(self.ground, press.issue, after=after)

    def approve(self, who: Known, press: Press, words: Mapping[str, str]) -> Said:
        """Approve exactly the text that was shown; what the rules block only with a reason."""
        draft_id, version, sha256 = looking.named_text(press)
        reason = words.get("reason", "") if press.do is Do.OVERRIDE else ""
        try:
            done = approve(
                self.ground, who.actor, draft_id, version=version, sha256=sha256,
                undo_s=self.ground.settings.outbox.undo_s, override=reason,
            )  # fmt: skip
        except Blocked as error:
            ways = (looking.pass_button(press), looking.edit_button(press))
            return Said(f"Nothing was sent: {error.about}", buttons=ways)
        if done.delivery_id is None:
            said = f"You said yes to draft {draft_id}; it needs another person, too: {done.waits}."
        else:
            said = f"Approved for {done.to}. It leaves at {at_time(done.leaves_at)}."
        return looking.and_next(self.ground, press, said)

    def take_back(self, who: Known, press: Press, _words: Mapping[str, str]) -> Said:
        """Take an approval back while its text has not left."""
        draft_id, _, _ = looking.named_text(press)
        take_back(self.ground, who.actor, draft_id)
        return looking.waiting_draft(self.ground, press.issue, after=draft_id - 1)

    def edit(self, who: Known, press: Press, words: Mapping[str, str]) -> Said:
        """Give a draft another text, and show it as it is now."""
        draft_id, version, _ = looking.named_text(press)
        edit(self.ground, who.actor, draft_id, words.get("text", ""), version=version)
        return looking.waiting_draft(self.ground, press.issue, after=draft_id - 1)

    def report(self, _who: Known, text: str, product: str | None, chat: Chat | None = None) -> Said:
        """Take a text, the thread at a link, or a message of the chat as posts that we heard."""
        return reporting.report(self.ground, text, product=product, chat=chat)

    def pause(self, who: Known, reason: str) -> Said:
        """Hold everything back."""
        pause.pause(self.ground, who.actor, reason)
        return Said("Nothing leaves any more until somebody resumes: /resume")

    def resume(self, who: Known) -> Said:
        """Let what waits leave again."""
        pause.resume(self.ground, who.actor)
        return Said("What waits leaves again.")


Handler = Callable[[Desk, Known, Press, Mapping[str, str]], Said]
ACTS: Mapping[Do, Handler] = {
    Do.READ: Desk.read,
    Do.APPROVE: Desk.approve,
    Do.OVERRIDE: Desk.approve,
    Do.EDIT: Desk.edit,
    Do.ACKNOWLEDGE: Desk.acknowledge,
    Do.UNACKNOWLEDGE: Desk.unacknowledge,
    Do.TAKE_BACK: Desk.take_back,
    Do.TAKE: Desk.take,
    Do.TAKE_OVER: Desk.take,
    Do.HAND_BACK: Desk.hand_back,
    Do.SNOOZE: Desk.snooze,
    Do.MERGE: Desk.merge,
    Do.MUTE: Desk.mute,
    Do.NOT_AN_ISSUE: Desk.not_an_issue,
    Do.WAKE: Desk.wake,
}


def reason_form(press: Press) -> Form:
    """Return the form that asks for a reason; it needs no store."""
    title, question = FORMS[press.do]
    field = Field("reason", question, at_most=WORD)
    return Form(str(press), f"{title}: {reference(press.issue)}", (field,))


def _sentence(error: GroundswellError) -> str:
    """Return what went wrong as a sentence of its own."""
    words = str(error)
    if isinstance(error, TransientError):
        words = f"nothing was decided: {words}"
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."
