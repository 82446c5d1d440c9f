"""Texts of strangers that would like to be more than text."""

import json
from collections.abc import Sequence
from pathlib import Path

SHARED = Path(__file__).parents[3] / "shared" / "cases" / "hostile.jsonl"
"""More of them, where they are at hand."""
MARK = "pwned"
"""The name that each would leave in the window, if it ran."""
OWN: Sequence[str] = (
    f"<script>window.{MARK}=1;alert(1)</script> the app hangs",
    f'<img src=x onerror="window.{MARK}=1;alert(1)"> the app hangs',
    f"<svg onload=window.{MARK}=1><animate onbegin=window.{MARK}=1 attributeName=x dur=1s></svg>",
    f'"><body onpageshow=window.{MARK}=1> " onmouseover="window.{MARK}=1" x="',
    f"' autofocus onfocus='window.{MARK}=1' y='",
    f"</textarea></title></style></script><script>window.{MARK}=1</script>",
    "<iframe src=https://evil.example/frame></iframe><object data=https://evil.example/o></object>",
    "<link rel=stylesheet href=https://evil.example/x.css><style>*{display:none}</style>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'><base href=https://evil.example/>",
    "<form action=https://evil.example/ id=stolen><button>Approve and send</button></form>",
    f"[open](javascript:window.{MARK}=1) ![](https://evil.example/pixel.gif) https://evil.example/a",
    f"{{{{ 7 * 7 }}}} {{% for x in ().__class__.__mro__ %}}{{% endfor %}} ${{window.{MARK}=1}}",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;b&#62; <!-- --> <![CDATA[ ]]> ]]>",
    "\u202etxet eht snrut siht\u202c \u2066 open isolate \u0000\u001b[31m null and escape",
    f"<math><mtext><table><mglyph><style><img src=x onerror=window.{MARK}=1>",
    f"<details open ontoggle=window.{MARK}=1><a href=//evil.example ping=//evil.example/p>x</a>",
    "W" * 400 + " \u0301" * 200,
)


def hostile_texts() -> Sequence[str]:
    """Return our own and, where they are at hand, the shared ones."""
    if not SHARED.is_file():
        return OWN
    rows = [json.loads(line) for line in SHARED.read_text(encoding="utf-8").splitlines()]
    return (*OWN, *(str(row["text"]) for row in rows if row.get("text")))
