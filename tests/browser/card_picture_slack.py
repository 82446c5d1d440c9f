"""Remakes the picture of the Slack card: `python -m tests.browser.card_picture_slack`.

The words, their order and the buttons are those of the payload that the bot sends; only the frame
is drawn here, as Slack draws it. Look at it before you commit it.
"""

import html
from pathlib import Path
from typing import Any

from responders.oncall.card import make_card
from responders.oncall.cards.drawing_slack import as_slack
from tests.browser.card_picture import FACTS
from tests.browser.watching import browsing, find_chromium

FILE = Path(__file__).parents[2] / "docs" / "pictures" / "card-slack.png"
STYLE = """
body { margin: 0; padding: 20px; background: #fff; color: #1d1c1d;
  font: 15px/1.45 "Noto Sans", "DejaVu Sans", sans-serif; width: 640px }
h1 { font-size: 18px; margin: 4px 0 8px } p { margin: 0 0 8px; white-space: pre-line }
hr { border: 0; border-top: 1px solid #ddd; margin: 8px 0 } a { color: #1264a3 }
dl { display: grid; grid-template-columns: 1fr 1fr; gap: 6px 16px; margin: 8px 0 }
dl div { white-space: pre-line } .small { font-size: 13px; color: #616061 }
.row { display: flex; gap: 8px; margin: 10px 0 } .b { padding: 5px 12px; border-radius: 4px;
  border: 1px solid #bbb; font-size: 14px; font-weight: 700 }
.primary { background: #007a5a; color: #fff; border-color: #007a5a }
"""


def main() -> None:
    """Make it."""
    with browsing(find_chromium()) as browser:
        page = browser.new_page(viewport={"width": 680, "height": 400})
        page.set_content(drawn(as_slack(make_card(FACTS))))
        page.screenshot(path=FILE, full_page=True)


def drawn(payload: dict[str, Any]) -> str:
    """Return a message as a page."""
    return f"<style>{STYLE}</style>{''.join(map(_block, payload['blocks']))}"


def _block(block: dict[str, Any]) -> str:
    match block["type"]:
        case "header":
            return f"<h1>{_text(block['text'])}</h1>"
        case "divider":
            return "<hr>"
        case "context":
            return f'<p class="small">{" ".join(map(_text, block["elements"]))}</p>'
        case "actions":
            return f'<div class="row">{"".join(map(_button, block["elements"]))}</div>'
    fields = "".join(f"<div>{_text(each)}</div>" for each in block.get("fields", ()))
    return f"<dl>{fields}</dl>" if fields else f"<p>{_text(block['text'])}</p>"


def _text(text: dict[str, Any]) -> str:
    words = html.unescape(text["text"])
    if text["type"] == "mrkdwn":
        return f"<a>{html.escape(words.strip('<>'))}</a>"
    return html.escape(words, quote=False)


def _button(part: dict[str, Any]) -> str:
    if part["type"] == "overflow":
        return '<span class="b">…</span>'
    return f'<span class="b {part.get("style", "")}">{_text(part["text"])}</span>'


if __name__ == "__main__":
    main()
