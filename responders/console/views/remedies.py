"""What the console says instead of a command: who reads a refusal here has buttons at hand; pure.

The acts name a remedy as a command, for they are called on the command line as well. A command
that the console has no button for stays: the operator's own machine is the place for it.
"""

import re
from collections.abc import Sequence
from typing import Final

_COMMANDS: Final[Sequence[tuple[str, str]]] = (
    (r"(An admin can change that): groundswell user role \S+ \w+", r"\1"),
    (r"decide anyway: the same command with --anyway", "decide anyway"),
    (r"; edit it: groundswell draft edit", "; edit it first"),
    (r"look at it first: groundswell draft show \d+", "look at it first"),
    (r"; `groundswell (?:draft|delivery) list` shows them", "; the queue shows them"),
    (r"; `groundswell issue list` shows them", "; the list of issues shows them"),
    (r": groundswell issue state \S+ \w+", ", with State… on its page"),
    (r": groundswell issue split \S+ --post \d+", ", at the end of what people say there"),
    (r": groundswell issue unmerge \S+", ", on its own page"),
    (r" A person may write one: groundswell draft add", ""),
    (r"stands in groundswell draft list", "stands in the queue"),
    (r": groundswell run --once --only detect", ", within a minute"),
    (r": groundswell resume", ", with Resume sending above"),
    (r": groundswell delivery list --state in_doubt", ", in the queue under In doubt"),
    (r": groundswell delivery list --state by_hand", ", in the queue under Post by hand"),
    (r": groundswell delivery list --state failed", ", in the queue under To approve"),
    (r": groundswell draft list --issue (\S+)", r", on the page of \1"),
    (r": groundswell (?:draft|issue|delivery) [^.;]*$", ""),
)


def at_the_console(words: str) -> str:
    """Return a sentence with each command replaced by what the console has for it."""
    for command, here in _COMMANDS:
        words = re.sub(command, here, words)
    return words
