"""What comes from Slack, by Socket Mode or by signed requests: each press, form, command and menu.

Slack waits three seconds for a word that it arrived; so that goes first, and the store is asked
afterwards. Nothing is kept here: a press says in its own name what it asks for, and that it was
decided stands in the store, so that it counts once in all processes.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from config.errors import PermanentError
from config.ground import Ground
from config.logs import event_log, hide
from responders.bots.deciding import FORMS, Desk, Door
from responders.bots.forming import UNKNOWN, form_in_time
from responders.bots.slack.answering import UNANSWERED, Way, account_of, answer, named, say
from responders.bots.slack.commands import typed, words_of_menu
from responders.bots.slack.drawing import drawn_form, fits, sent_fields
from responders.bots.speaking import Form, Said
from responders.decisions.people import linking
from responders.delivery.channels.slack import Options
from responders.delivery.platforms.slack_web import API
from responders.oncall.cards.drawing_slack import OPEN
from responders.oncall.pressing import Do, Press, read_press

CALL_S = 10
"""Seconds that Slack has for an answer to a call of ours."""
ANYTHING = re.compile(r"")
REPORT = "report"
LAST_S = 1.5
"""How long whoever pressed just before the service stops is waited for; then the line is closed."""
TOO_LONG = "That text is too long for a form of Slack's; edit it in the console."
TOO_LATE = "Slack opened no form, and nothing was decided. Press again."
QUIET = logging.getLogger("groundswell.slack_library")
QUIET.setLevel(logging.CRITICAL + 1)  # it tells each try of a broken line; we tell that it broke

log = event_log(__name__)


class Hearing:
    """Answers what comes from one workspace."""

    def __init__(self, ground: Ground, options: Options) -> None:
        if options.bot_token is None:
            raise PermanentError("[slack] bot_token is not set")
        token = options.bot_token.get_secret_value()
        hide([token])
        known = partial(linking.known_at_slack, approvers=options.approvers)
        self.desk = Desk(ground, Door(linking.SLACK, known))
        self._under_way: set[asyncio.Task[Any]] = set()
        self.client = AsyncWebClient(
            token=token,
            base_url=f"{(options.api_url or API).rstrip('/')}/",
            timeout=CALL_S,
            retry_handlers=[],  # a message that is sent again stands there twice
            logger=QUIET,
        )
        self.app = self._app(token)

    def _app(self, token: str) -> AsyncApp:
        async def ours(**_: object) -> AuthorizeResult:
            return AuthorizeResult(enterprise_id=None, team_id=None, bot_token=token)

        app = AsyncApp(
            client=self.client,
            authorize=ours,  # Slack is not asked at each press who we are
            request_verification_enabled=False,  # done before it comes here: see ``requests``
            logger=QUIET,
        )
        self._listen(app)
        return app

    def _listen(self, app: AsyncApp) -> None:
        """Say to the library what each thing that comes leads to; each is taken note of first."""

        @app.action(ANYTHING)
        async def press(ack: AsyncAck, body: dict[str, Any]) -> None:
            await ack()
            await self._survive(self._pressed(body))

        @app.view(ANYTHING)
        async def form(ack: AsyncAck, body: dict[str, Any]) -> None:
            await ack()
            await self._survive(self._sent(body))

        @app.command(ANYTHING)
        async def command(ack: AsyncAck, body: dict[str, Any]) -> None:
            await ack()
            decide = partial(typed, self.desk, account_of(body), body)
            await self._survive(self._answer(body, decide))

        @app.shortcut(REPORT)
        async def menu(ack: AsyncAck, body: dict[str, Any]) -> None:
            await ack()
            decide = partial(words_of_menu, self.desk, account_of(body), body)
            await self._survive(self._answer(body, decide))

    async def _answer(self, body: Mapping[str, Any], decide: Callable[[], Said]) -> None:
        """Decide once, however often it is told, and answer."""
        once = partial(self.desk.once, named(body), decide)
        await answer(self.client, Way.of(body), once)

    async def _survive(self, work: Any) -> None:
        """Let nothing that goes wrong with one press end the listening."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in one
        self._under_way.add(task)
        try:
            await work
        except Exception as error:
            log.error("press_broke", error=type(error).__name__, exc_info=True)
        finally:
            self._under_way.discard(task)

    async def finish(self) -> None:
        """Let those who pressed just before a stop have their answers."""
        if self._under_way:
            await asyncio.wait(set(self._under_way), timeout=LAST_S)

    async def _pressed(self, body: Mapping[str, Any]) -> None:
        act: Mapping[str, Any] = body["actions"][0]
        name, kind = str(act.get("action_id") or ""), act.get("type")
        chosen = str((act.get("selected_option") or {}).get("value") or "")
        if name == OPEN or "url" in act:
            return  # the link opened by itself
        press, way = read_press(chosen if kind == "overflow" else name), Way.of(body)
        if press is None:
            await say(self.client, way, Said(UNKNOWN))
        elif press.do in FORMS or press.do is Do.EDIT:
            await self._open_form(body, press, way)
        else:
            words = {"chosen": chosen} if chosen and kind != "overflow" else {}
            decide = partial(self.desk.answer, account_of(body), press, words)
            await self._answer(body, decide)

    async def _open_form(self, body: Mapping[str, Any], press: Press, way: Way) -> None:
        form = await form_in_time(self.desk, account_of(body), press)
        if isinstance(form, Form) and not fits(form):
            form = Said(TOO_LONG)
        if not isinstance(form, Form):
            await say(self.client, way, form)
            return
        try:
            view = drawn_form(form, back=str(way))
            await self.client.views_open(trigger_id=str(body["trigger_id"]), view=view)
        except UNANSWERED as error:
            log.warning("form_not_opened", error=type(error).__name__)
            await say(self.client, way, Said(TOO_LATE))

    async def _sent(self, body: Mapping[str, Any]) -> None:
        view: Mapping[str, Any] = body["view"]
        press, way = read_press(str(view.get("callback_id") or "")), Way.of(body)
        if press is None:
            await say(self.client, way, Said(UNKNOWN))
            return
        decide = partial(self.desk.answer, account_of(body), press, sent_fields(view))
        await self._answer(body, decide)
