"""Texts in a language that nobody reviewed leave only when somebody says that they read them.

Apart from the yes itself, because it is asked of one text alone: never of many at once, and never
of a rule that says yes by itself.
"""

from config.settings import Settings
from responders.decisions.refusing import NotAllowed
from responders.voice.proposing import packs_of
from responders.voice.tables import Draft


def is_reviewed(settings: Settings, language: str) -> bool:
    """Tell whether somebody went through the templates of a language, as its pack says."""
    pack = packs_of(settings).get(language)
    return pack is not None and pack.reviewed


def unread_language(settings: Settings, draft: Draft) -> str:
    """Return the language that somebody must read before this may leave; empty where none is."""
    pack = packs_of(settings).get(draft.language)
    return "" if pack is None or pack.reviewed else pack.name


def refuse_unreviewed(settings: Settings, draft: Draft, *, read: bool) -> None:
    """Do nothing where a text may leave.

    Raises:
        NotAllowed: it is in a language that nobody reviewed, and nobody says that they read it.
    """
    language = unread_language(settings, draft)
    if language and not read:
        raise NotAllowed(
            f"draft {draft.id} is in {language}, and nobody has reviewed our {language} texts: "
            f"whoever reads {language} approves it by itself, saying so with --read"
        )
