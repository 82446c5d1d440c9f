"""Where a text comes from: an option, a file, standard input, or the person's editor.

Whether it may be said is not asked here: the acts check every text alike.
"""

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from config.errors import GroundswellError, SettingsError
from responders.decisions.wording import LONGEST_TEXT

MAX_BYTES = 8 * LONGEST_TEXT
"""What is larger is no text that a place takes; it is not read to its end."""
EDITORS = ("VISUAL", "EDITOR")
USUAL_EDITOR = "vi"
BYTE_ORDER_MARK = "\ufeff"


def given_text(text: str | None, file: str | None) -> str | None:
    """Return the text of ``--text`` or ``--file``, ``-`` being standard input; None without.

    Raises:
        SettingsError: both are given.
        GroundswellError: the file cannot be read as text.
    """
    if text is not None and file is not None:
        raise SettingsError("--text and --file say the same; give one of them")
    return text if file is None else _read(file)


def _read(name: str) -> str:
    if name == "-":
        content = sys.stdin.buffer.read(MAX_BYTES + 1)
    else:
        with Path(name).open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise GroundswellError(f"{name} is larger than any text we send; nothing was changed")
    try:
        return content.decode().removeprefix(BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        raise GroundswellError(f"{name} is no text in UTF-8; nothing was changed") from error


def edited_text(text: str, *, environ: Mapping[str, str] = os.environ) -> str:
    """Let the person change a text in the editor of ``VISUAL`` or ``EDITOR``; return the new one.

    Raises:
        SettingsError: there is no terminal to open an editor on.
        GroundswellError: the editor cannot be started or failed, or left nothing.
    """
    if not sys.stdin.isatty():
        raise SettingsError("give the new text with --text or --file; an editor needs a terminal")
    chosen = next((environ[name] for name in EDITORS if environ.get(name)), USUAL_EDITOR)
    with tempfile.TemporaryDirectory(prefix="groundswell-") as folder:
        file = Path(folder) / "draft.txt"
        file.write_text(f"{text}\n", encoding="utf-8")
        _open_editor(chosen, file)
        changed = _read(str(file))
    if not changed.strip():
        raise GroundswellError("the editor left an empty text; nothing was changed")
    return changed


def _open_editor(chosen: str, file: Path) -> None:
    try:
        words = shlex.split(chosen)
        done = subprocess.run([*words, str(file)], check=False)  # noqa: S603 - the person's own editor
    except (OSError, ValueError) as error:
        raise GroundswellError(
            f"the editor {chosen} cannot be started ({error}); set EDITOR, or give --text"
        ) from error
    if done.returncode != 0:
        raise GroundswellError(f"the editor {chosen} failed; nothing was changed")
