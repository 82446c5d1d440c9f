"""The page behind a link in a mail or on a pager, by which an alert is acknowledged.

Nobody has to log in: the link itself is the right, to this one act on this one issue, for a day.
Looking at the page decides nothing, because scanners of mail look at every link; only its button
does.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from classifiers.store import reference
from classifiers.tables import Issue
from config.database import reading
from config.errors import GroundswellError
from config.ground import Ground
from config.logs import event_log
from responders.console.forms import Form
from responders.console.rendering import Pages
from responders.decisions.acting import Actor, AlreadyDone
from responders.decisions.issues.acknowledge import acknowledge
from responders.decisions.people.by_link import answers_for
from responders.decisions.wording import at_time
from responders.delivery.answer_links import Answerable, read_link
from responders.delivery.inert import quoted
from responders.oncall.store_cards import handling_of

TITLE = 200
OVER = (
    "This link is not good any more, or not whole, so nothing was changed. Open the issue in the "
    "console, or answer the newest alert."
)

log = event_log(__name__)


@dataclass(frozen=True)
class Asked:
    """What a good link asks for."""

    what: Answerable
    who: Actor
    title: str
    taken: str
    """Who acknowledged the issue already, and when; empty: nobody."""


class Answering:
    """Shows and does what a link is for."""

    def __init__(self, ground: Ground, pages: Pages) -> None:
        self.ground, self.pages = ground, pages

    def show(self, request: Request) -> Response:
        """Say what the button will do; decide nothing."""
        return self._with(request, self._page)

    def act(self, request: Request, _form: Form) -> Response:
        """Acknowledge the issue as whom the link names."""
        return self._with(request, self._acknowledge)

    def _with(self, request: Request, answer: Callable[[Asked], Response]) -> Response:
        asked = self._asked(str(request.path_params["link"]))
        if asked is None:
            return self.pages.refused("No longer good", OVER, status=410, way="/console/issues")
        return answer(asked)

    def _asked(self, link: str) -> Asked | None:
        what = read_link(self.ground.key, link, now=self.ground.clock.now())
        if what is None:
            return None
        with reading(self.ground.engine) as session:
            who = answers_for(session, self.ground.settings, what.destination)
            issue = session.get(Issue, what.issue_id)
            if who is None or issue is None:
                return None
            title = quoted(issue.title, TITLE) or "untitled"
            return Asked(what, who, title, _taken(session, what.issue_id))

    def _acknowledge(self, asked: Asked) -> Response:
        words = ""
        try:
            acknowledge(self.ground, asked.who, asked.what.issue_id)
        except AlreadyDone:
            pass  # the page says who was first
        except GroundswellError as error:
            words = f"{str(error)[:1].upper()}{str(error)[1:]}."
            log.info("answer_refused", issue=reference(asked.what.issue_id), by=asked.who.name)
        with reading(self.ground.engine) as session:
            now = replace(asked, taken=_taken(session, asked.what.issue_id))
        return self._page(now, words=words, status=409 if words else 200)

    def _page(self, asked: Asked, *, words: str = "", status: int = 200) -> Response:
        return self.pages.html(
            "answer.html",
            status=status,
            reference=reference(asked.what.issue_id),
            title=asked.title,
            who=asked.who.name,
            taken=asked.taken,
            until=at_time(asked.what.until),
            words=words,
        )


def _taken(session: Session, issue_id: int) -> str:
    """Say who acknowledged an issue, and when; empty: nobody."""
    row = handling_of(session, issue_id)
    if row is None or row.acknowledged_at is None:
        return ""
    return f"{row.acknowledged_by}, {at_time(row.acknowledged_at)}"
