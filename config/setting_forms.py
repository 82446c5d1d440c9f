"""Texts and numbers of a setting that must have a form; what has another is refused in words.

Apart from the settings, because what is declared of a product has such texts too. A pattern in an
error helps nobody who has to mend it, so each form says what is wanted, with an example.
"""

import re
from types import NoneType
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BaseModel, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

SHOWN = 60
"""Characters of a wrong text that are said back."""


class Written(BaseModel):
    """The base of everything an operator writes: a yes or a no is never taken for a number."""

    @field_validator("*", mode="before")
    @classmethod
    def _no_flag_for_a_number(cls, value: Any, info: ValidationInfo) -> Any:
        kinds = _kinds(cls, info.field_name or "")
        if isinstance(value, bool) and kinds and kinds <= {int, float}:  # Python counts with them
            raise PydanticCustomError("int_type" if int in kinds else "float_type", "a number")
        return value


def _kinds(model: type[BaseModel], name: str) -> set[Any]:
    annotation = model.model_fields[name].annotation
    return set(get_args(annotation) or (annotation,)) - {NoneType}


def formed(pattern: str, wanted: str) -> AfterValidator:
    """Return what refuses a text that is not of a form.

    Args:
        pattern: of the whole text.
        wanted: what follows the text in the message: ``is no hour; write one such as 22:00``.
    """
    form = re.compile(pattern)

    def check(value: str) -> str:
        if form.fullmatch(value) is None:
            raise ValueError(f"“{value[:SHOWN]}” {wanted}")
        return value

    return AfterValidator(check)


_REST = r"://[^\s/?#@\\]+(/[^\s?#]*)?"
_WEB = "is no web address; write one such as"

WebAddress = Annotated[str, formed(f"(?i:https?){_REST}", f"{_WEB} https://example.org")]
"""Of a server that is asked, or that links lead to; a path may follow."""
WebAddressOrNone = Annotated[
    str, formed(f"((?i:https?){_REST})?", f"{_WEB} https://example.org, or nothing")
]
"""The same where an empty text says that there is none."""
SocketAddressOrNone = Annotated[
    str, formed(f"((?i:wss?|https?){_REST})?", f"{_WEB} wss://example.org, or nothing")
]
"""The same of a server that keeps the line open."""
