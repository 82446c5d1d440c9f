"""Remakes the pictures of the Discord card: `python -m tests.browser.card_picture`.

The words, their order and the buttons are those of the payload that the bot sends; only the frame
is drawn here, as Discord draws it, in the dark and in the light. Look at each before you commit it.
"""

import html
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from responders.oncall.card import IssueFacts, Quoted, make_card
from responders.oncall.cards.drawing import as_discord
from tests.browser.watching import browsing, find_chromium

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
AT = datetime(2026, 11, 12, 11, 42, tzinfo=UTC)
FACTS = IssueFacts(
    reference="GS-142", number=142, title="Saved routes vanish from the watch after syncing",
    state="identified", severity="major", changed_at=AT, holder="Mats",
    acknowledged_by="Mats", acknowledged_at=AT - timedelta(minutes=131),
    first_seen_at=AT - timedelta(minutes=157),
    reason="81 people in 5 places since 09:05; usual: 0.4 per 15 min",
    quotes=[
        Quoted("Forty routes planned over the winter, and the watch now says ‘no routes’.",
               "https://forum.tarnway.example/t/812"),
        Quoted("Since 6.2 my watch is empty.", "https://tarnway.example/blog/6-2#c14"),
    ],
    people=7, window_hours=0.25, usual=0.4, link="https://console.tarnway.example/issues/GS-142",
    trend=(1, 1, 1, 1, 2, 3, 4, 5, 5, 6, 7, 12, 10, 12, 9, 7), versions="6.2.0, Android",
    nearest_past="GS-118", next_word_at=AT + timedelta(minutes=48), threads=17, threads_told=14,
    drafts_waiting=2, tried="restart, pair again", alerts_this_week=2,
)  # fmt: skip
LIGHT = """
body { background: #fff; color: #313338 } .embed { background: #f2f3f5 }
h1, a { color: #0969da } blockquote { border-color: #c4c9ce } code { background: #e3e5e8 }
.foot { color: #5c5e66 } .b { background: #6d6f78 } .b1 { background: #5865f2 }
.b4 { background: #da373c }
"""
STYLE = """
body { margin: 0; padding: 20px; background: #313338; color: #dbdee1;
  font: 15px/1.4 "Noto Sans", "DejaVu Sans", sans-serif; width: 640px }
.embed { background: #2b2d31; border-left: 4px solid; border-radius: 4px; padding: 12px 16px;
  margin: 8px 0; max-width: 560px }
h1 { font-size: 16px; margin: 0 0 6px; color: #6cb6ff } p { margin: 0 0 4px; font-size: 14px }
blockquote { margin: 2px 0; padding-left: 10px; border-left: 4px solid #4e5058; font-size: 14px }
a { color: #6cb6ff } code { background: #1e1f22; padding: 1px 4px; border-radius: 3px }
dl { display: grid; grid-template-columns: repeat(3, 1fr); gap: 8px; margin: 10px 0;
  font-size: 14px }
dt { font-weight: 700 } dd { margin: 0 } .foot { font-size: 12px; color: #b5bac1 }
.who { font-weight: 600 }
.row { display: flex; gap: 8px; margin: 8px 0 } .b { padding: 6px 14px; border-radius: 4px;
  background: #4e5058; color: #fff; font-size: 14px } .b1 { background: #5865f2 }
.b4 { background: #da373c }
"""


def main() -> None:
    """Make them."""
    card = make_card(FACTS)
    dark = drawn(as_discord(card))
    pictures = {
        "card-discord.png": dark,
        "card-discord-light.png": f"{dark}<style>{LIGHT}</style>",
    }
    with browsing(find_chromium()) as browser:
        page = browser.new_page(viewport={"width": 680, "height": 400})
        for name, shown in pictures.items():
            page.set_content(shown)
            page.screenshot(path=FOLDER / name, full_page=True)


def drawn(payload: dict[str, Any]) -> str:
    """Return a message as a page."""
    (embed,) = payload["embeds"]
    lines = "".join(map(_line, embed["description"].split("\n")))
    fields = "".join(
        f"<div><dt>{_text(one['name'])}</dt><dd>{_text(one['value'])}</dd></div>"
        for one in embed["fields"]
    )
    rows = "".join(
        f'<div class="row">{"".join(map(_button, row["components"]))}</div>'
        for row in payload["components"]
    )
    return (
        f"<style>{STYLE}</style>{_text(payload['content'])}"
        f'<div class="embed" style="border-color:#{embed["color"]:06x}">'
        f'<p class="who">{_text(embed["author"]["name"])}</p>'
        f"<h1>{_text(embed['title'])}</h1>{lines}<dl>{fields}</dl>"
        f'<div class="foot">{_text(embed["footer"]["text"])}</div></div>{rows}'
    )


def _line(line: str) -> str:
    quoted = line.startswith("> ")
    words = re.sub(r"&lt;(https?://\S+?)&gt;", r"<a>\1</a>", _text(line.removeprefix("> ")))
    words = re.sub(r"`([^`]+)`", r"<code>\1</code>", words)
    return f"<blockquote>{words}</blockquote>" if quoted else f"<p>{words}</p>"


def _time(mark: re.Match[str]) -> str:
    """Return a time as Discord shows it to a reader in UTC at the moment of the picture."""
    moment = datetime.fromtimestamp(int(mark[1]), UTC)
    minutes = round((moment - AT).total_seconds() / 60)
    far = f"{abs(minutes)} minutes" if abs(minutes) < 90 else f"{round(abs(minutes) / 60)} hours"
    shown = {"t": f"{moment:%H:%M}", "f": f"{moment.day} {moment:%B %Y %H:%M}"}
    return shown.get(mark[2], f"in {far}" if minutes > 0 else f"{far} ago")


def _text(words: str) -> str:
    words = re.sub(r"<t:(\d+):([tfR])>", _time, words)
    return html.escape(re.sub(r"\\([\\*_~`|>#\[\]()<])", r"\1", words), quote=False)


def _button(button: dict[str, Any]) -> str:
    mark = " ↗" if "url" in button else ""
    return f'<span class="b b{button["style"]}">{_text(button["label"])}{mark}</span>'


if __name__ == "__main__":
    main()
