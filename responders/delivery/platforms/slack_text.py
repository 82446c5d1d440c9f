"""Words as Slack shows them: nothing in them pings, links or is markup, and Slack takes the length.

Pure, and apart from the drawings because every message to Slack needs it, an answer to a press as
well as a card. Slack gives three characters a meaning wherever text stands, in plain text too.
Source: https://docs.slack.dev/messaging/formatting-message-text#escaping
"""

from collections.abc import Callable

from responders.delivery.inert import cut

Escape = Callable[[str], str]


def slack_exact(text: str) -> str:
    """Return a text that Slack shows to the letter where nothing is markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def slack_text(text: str) -> str:
    """Return words of strangers: as they are, but no name and no address in them is alive."""
    return slack_exact(text).replace("@", "@\u200b").replace("://", ":/\u200b/")


def slack_link(url: str) -> str:
    """Return an address as a link that shows itself; ``inert.web_link`` made it honest."""
    return f"<{slack_exact(url)}>"


def fitting(escape: Escape, text: str, most: int) -> str:
    """Return as much of a text as has at most so many characters after escaping.

    An emoji counts twice, as in UTF-16: which way Slack counts is not said anywhere.
    """
    limit = most
    while (over := units(escape(cut(text, limit))) - most) > 0:
        limit -= max(1, min(over, limit) // 6)
    return escape(cut(text, limit))


def units(text: str) -> int:
    """Count characters as UTF-16 does."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parts(escape: Escape, text: str, most: int) -> list[str]:
    """Return a whole text in pieces that Slack takes; put together they are the text."""
    pieces, start = [], 0
    while start < len(text):
        end = min(start + most, len(text))
        while units(escape(text[start:end])) > most:
            end -= max(1, (end - start) // 8)
        pieces.append(escape(text[start:end]))
        start = end
    return pieces


def unescaped(text: str) -> str:
    """Return what somebody wrote in Slack as the plain words that they see.

    "<https://a.example|a>" is "https://a.example", "<@U1>" is "@U1", "&lt;" is "<".
    """
    out, rest = [], text
    while "<" in rest:
        before, _, inner = rest.partition("<")
        inside, closed, rest = inner.partition(">")
        if not closed:
            out.append(f"{before}<{inside}")
            rest = ""
            break
        out.append(before + _shown(inside))
    plain = "".join([*out, rest])
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _shown(inside: str) -> str:
    """Return what a link, a name or a channel is shown as."""
    target, _, label = inside.partition("|")
    if target[:1] in {"#", "!"}:
        return f"{'#' if target[0] == '#' else '@'}{label or target[1:]}"
    return f"@{label or target[1:]}" if target[:1] == "@" else target
