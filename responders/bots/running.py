"""Run the configured bots beside the console, each in a thread of its own, whatever happens to it.

Loads no chat library where no bot is configured.
"""

import asyncio
import threading

from config.errors import GroundswellError
from config.ground import Ground
from config.logs import event_log, masked
from responders.delivery.channels.discord import Options, keeps_cards

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 300.0

log = event_log(__name__)


def start_bots(ground: Ground, stop: threading.Event) -> list[threading.Thread]:
    """Start what is configured, to run until told to stop; return the threads."""
    options = discord_options(ground)
    if not keeps_cards(options):
        return []
    thread = threading.Thread(
        target=tend, args=(ground, options, stop), name="discord", daemon=True
    )
    thread.start()
    return [thread]


def discord_options(ground: Ground) -> Options:
    """Return the section [discord] of an installation."""
    found = ground.settings.plugins.get("discord")
    return found if isinstance(found, Options) else Options()


def tend(ground: Ground, options: Options, stop: threading.Event) -> None:
    """Keep the Discord bot listening; after a failure wait 1 s, doubling to five minutes."""
    from responders.bots.discord import run_bot

    pause_s = FIRST_PAUSE_S
    while not stop.is_set():
        try:
            asyncio.run(run_bot(ground, options, stop))
            pause_s = FIRST_PAUSE_S
        except Exception as error:  # noqa: BLE001 - the console beside it must go on
            known = isinstance(error, GroundswellError)
            reason = str(error) if known else f"{type(error).__name__}: {error}"
            log.error("bot_ended", place="Discord", reason=masked(reason), again_in_s=pause_s)
        stop.wait(pause_s)
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
