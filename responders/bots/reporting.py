"""A report by a person: what they type, a link, or a chat message becomes a post.

Every chat face uses ``report``: a command hands the words over, an action on a message its words
with ``Chat(remote_id, url, author)``, so that the same message reported twice is one post. It takes
milliseconds; the crawl makes the post a moment later, and detection follows as for any other. What
came of it is asked by ``Said.later``, which a face calls now and then until it answers.
"""

from functools import partial

from config.ground import Ground
from listener.intake.handing_in import Chat, hand_in, is_link, outcome_of
from responders.bots.speaking import Said

NOTED = "Thank you, it is noted."
LOOKED_AT = "Thank you, it is noted; what stands at that link is being read."


def report(ground: Ground, text: str, *, product: str | None, chat: Chat | None = None) -> Said:
    """Note somebody's words, or the thread at a link.

    Raises:
        GroundswellError: there are no words, or it is not said what they are about.
    """
    number = hand_in(ground, text, product=product, chat=chat)
    words = LOOKED_AT if is_link(text.strip()) else NOTED
    return Said(words, later=partial(_outcome, ground, number))


def _outcome(ground: Ground, number: int) -> Said | None:
    """Return what came of it; None while it waits."""
    found = outcome_of(ground, number)
    return None if found is None else Said(f"{found[:1].upper()}{found[1:]}")
