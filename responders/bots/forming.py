"""Forms that open in time: a chat waits seconds for one, so a slow store must not hold it up."""

import asyncio

from responders.bots.deciding import Desk, reason_form
from responders.bots.speaking import Form, Said
from responders.decisions.people.linking import Account
from responders.oncall.pressing import Do, Press

TEXT_S, REASON_S = 0.7, 0.4
"""How long the store may take: for a text that a form holds, and until one that asks for a reason
opens without it. Both chats give up after three seconds; people are to wait for less than one."""
UNKNOWN = "That button is none of ours, or from another version; nothing was decided."
SLOW = "The store is slow just now, and nothing was decided. Try again in a minute."


async def form_in_time(desk: Desk, account: Account, press: Press) -> Form | Said:
    """Return the form that a press opens, or why there is none.

    A form that asks only for a reason needs no store: who may is asked again when it comes back.
    """
    holds_text = press.do is Do.EDIT
    asked = asyncio.to_thread(desk.form, account, press)
    try:
        return await asyncio.wait_for(asked, TEXT_S if holds_text else REASON_S)
    except TimeoutError:
        return Said(SLOW) if holds_text else reason_form(press)
