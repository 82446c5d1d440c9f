"""Where we listen, and who decided what."""

from starlette.requests import Request
from starlette.responses import Response

from classifiers import store as issues_store
from config.clock import SystemClock
from config.database import reading
from listener import store as posts_store
from responders import overview
from responders.console.looking import Looking
from responders.console.rendering import Visitor, frame_of
from responders.console.views import lists
from responders.console.views.remedies import at_the_console
from responders.decisions import auditing
from responders.decisions import store_audit as decisions_store

AUDIT_PAGE = 100


class RestFaces(Looking):
    """The sources and the audit, for somebody who is logged in."""

    def sources(self, _request: Request, visitor: Visitor) -> Response:
        """Show where we listen."""
        now = self.ground.clock.now()
        with reading(self.ground.engine) as session:
            found = overview.look(session, self.ground.settings, machine_time=SystemClock().now())
            counts = posts_store.counts_by_source(session)
            rows = lists.source_rows(
                found.sources, counts, found.fare, settings=self.ground.settings, now=now
            )
            return self.pages.html(
                "sources.html",
                frame=frame_of(session, self.ground, visitor),
                rows=rows,
                warnings=[at_the_console(words) for words in found.warnings],
                address="/console/sources",
            )

    def audit(self, request: Request, visitor: Visitor) -> Response:
        """Show the newest entries of the audit, and whether the chain is whole."""
        now = self.ground.clock.now()
        before = issues_store.row_id_from(request.query_params.get("before", ""))
        with reading(self.ground.engine) as session:
            verdict = auditing.verify(session)
        with reading(self.ground.engine) as session:
            entries = decisions_store.newest_entries(session, limit=AUDIT_PAGE, before=before)
            return self.pages.html(
                "audit.html",
                frame=frame_of(session, self.ground, visitor),
                rows=lists.audit_rows(entries, now=now),
                verdict=verdict,
                address="/console/audit",
                older=entries[-1].number if len(entries) == AUDIT_PAGE else None,
            )
