"""The linter's last word at an approval: a block refuses it, unless somebody says why it may pass.

Apart from the approving, because the same words are asked again before a text leaves. A warning is
only told; nobody owes a reason for not heeding it.
"""

from collections.abc import Sequence

from config.ground import Ground
from responders.decisions.acting import Act
from responders.decisions.holding import subject
from responders.decisions.refusing import Blocked
from responders.decisions.wording import one_line
from responders.voice.knowing import known_of
from responders.voice.linting import blocks, lint, told
from responders.voice.rules.base import Finding
from responders.voice.tables import Draft


def judge(act: Act, ground: Ground, draft: Draft) -> Sequence[Finding]:
    """Let the linter read a draft as it stands now, and keep with it what was found."""
    found = lint(draft.text, known_of(act.session, ground, draft))
    draft.findings = [one.as_json() for one in found]
    act.session.add(draft)
    act.session.flush()
    return found


def refuse_blocked(act: Act, ground: Ground, draft: Draft, override: str) -> str:
    """Judge the exact text of a draft anew; return why a block was let pass, empty without one.

    Args:
        act: the approval under way.
        ground: what it stands on.
        draft: the draft, held.
        override: why the text may leave with what the linter blocks; empty where nobody says so.

    Raises:
        Blocked: the linter blocks the text and nobody says why it may pass; it names each rule,
            the words it means and a better phrase.
    """
    blocking = blocks(judge(act, ground, draft))
    if not blocking:
        return ""
    if not override.strip():
        raise Blocked(
            f"draft {draft.id} says what must not be said in public. {told(blocking)}",
            "Edit it, or say why it may leave as it is: groundswell draft approve "
            f"{draft.id} --override REASON",
        )
    reason = one_line(override, "the reason")
    rules = list(dict.fromkeys(one.rule for one in blocking))
    bound = {"version": draft.version, "text_sha256": draft.text_sha256}
    act.note("block let pass", subject(draft), reason=reason, rules=rules, **bound)
    return reason
