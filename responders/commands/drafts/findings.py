"""What the linter found in a draft, as a person reads it on the command line."""

from collections.abc import Iterable, Mapping
from typing import Any


def finding_lines(findings: Iterable[Mapping[str, Any]]) -> str | None:
    """Return a line for each finding, with the words it means and what is better; None for none."""
    return "\n".join(_line(one) for one in findings) or None


def _line(one: Mapping[str, Any]) -> str:
    words = f" “{one['words']}”" if one["words"] else ""
    return f"{one['level']}: {one['message']}{words} Better: {one['suggestion']} ({one['rule']})"
