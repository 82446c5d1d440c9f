"""From a plain text of the script to the HTML its place would serve.

Apart from the formats, because each kind of forum has its own way with quotes and links, and the
listener must find the author's own words in all of them. Everything a person typed is escaped:
markup typed into a post is text, as in any decent forum.
"""

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby
from typing import Final

from responders.demo.script import Place, Post

_MASKED: Final = re.compile(r"\[([^\]\n]+)\]\((https?://[^\s)]+)\)")
_BARE: Final = re.compile(r"(?<![\"'>(])\bhttps?://[^\s<]+[^\s<.,!?)]")
_CODE: Final = re.compile(r"`([^`\n]+)`")


def html_of(post: Post, *, quoted_author: str | None = None) -> str:
    """Return the body as the post's place shows it.

    Args:
        post: a post of the script.
        quoted_author: whom the post answers, where the place names them above a quote.
    """
    return "\n".join(_blocks(post, quoted_author))


def _blocks(post: Post, quoted_author: str | None) -> Iterator[str]:
    for is_quote, lines in groupby(post.text.split("\n"), key=lambda line: line.startswith("> ")):
        text = "\n".join(line.removeprefix("> ") for line in lines)
        paragraphs = [part for part in re.split(r"\n\s*\n", text) if part.strip()]
        inner = "\n".join(f"<p>{_inline(part.strip(), post.place)}</p>" for part in paragraphs)
        if inner and is_quote:
            yield _quote(inner, post, quoted_author)
        elif inner:
            yield inner


def _quote(inner: str, post: Post, author: str | None) -> str:
    if post.place != "community" or author is None:
        return f"<blockquote>\n{inner}\n</blockquote>"
    # Discourse names the quoted person and links back in a block of its own.
    place = f'data-username="{escape(author)}" data-post="{post.answers}"'
    return (
        f'<aside class="quote no-group" {place} data-topic="{post.thread_number}">\n'
        f'<div class="title">\n<div class="quote-controls"></div> {escape(author)}:</div>\n'
        f"<blockquote>\n{inner}\n</blockquote>\n</aside>"
    )


def _inline(text: str, place: Place) -> str:
    html = escape(text, quote=False)
    if place == "community":
        html = _CODE.sub(r"<code>\1</code>", html)
        html = _MASKED.sub(r'<a href="\2" rel="noopener nofollow ugc">\1</a>', html)
    html = _BARE.sub(lambda found: f'<a href="{found[0]}" rel="nofollow ugc">{found[0]}</a>', html)
    return html.replace("\n", "<br>\n")
