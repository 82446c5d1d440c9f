"""Texts of settings that must have a form: addresses are told apart from slips of the pen."""

import pytest
from pydantic import TypeAdapter, ValidationError

from config.setting_forms import SocketAddressOrNone, WebAddress, WebAddressOrNone, Written

ADDRESSES = (
    "https://example.org",
    "HTTP://Example.org/",
    "http://127.0.0.1:8081",
    "http://[::1]:9/api/v3/",
    "https://bücher.example/a b".replace(" ", "%20"),
)
SLIPS = ("nope", "example.org", "ftp://example.org", "javascript:alert(1)", "https://", "http:///a")
SNARES = (
    "https://user@example.org",
    "https://example.org\\@else.example",
    "https://example.org/a b",
    "https://example.org\n",
    "https://example.org/?a=1",
    "https://example.org/#a",
)
WEB: TypeAdapter[str] = TypeAdapter(WebAddress)
WEB_OR_NONE: TypeAdapter[str] = TypeAdapter(WebAddressOrNone)
SOCKET_OR_NONE: TypeAdapter[str] = TypeAdapter(SocketAddressOrNone)


@pytest.mark.parametrize("text", ADDRESSES)
def test_an_address_is_taken_as_it_stands(text: str) -> None:
    assert WEB.validate_python(text) == text
    assert WEB_OR_NONE.validate_python(text) == text
    assert SOCKET_OR_NONE.validate_python(text) == text


@pytest.mark.parametrize("text", [*SLIPS, *SNARES])
@pytest.mark.parametrize("form", [WEB, WEB_OR_NONE, SOCKET_OR_NONE])
def test_what_is_no_address_is_refused_with_an_example(form: TypeAdapter[str], text: str) -> None:
    with pytest.raises(ValidationError, match="is no web address; write one such as"):
        form.validate_python(text)


def test_nothing_is_an_address_only_where_there_may_be_none() -> None:
    assert WEB_OR_NONE.validate_python("") == ""
    assert SOCKET_OR_NONE.validate_python("") == ""
    with pytest.raises(ValidationError, match=r"such as https://example\.org"):
        WEB.validate_python("")


def test_a_line_that_stays_open_may_have_a_scheme_of_its_own() -> None:
    assert SOCKET_OR_NONE.validate_python("ws://127.0.0.1:9/") == "ws://127.0.0.1:9/"
    with pytest.raises(ValidationError):
        WEB.validate_python("ws://127.0.0.1:9/")


class Knob(Written):
    """Numbers of each kind, and what may be true."""

    whole: int = 1
    part: float = 0.5
    maybe: int | None = None
    yes: bool = False
    either: int | bool = 0


@pytest.mark.parametrize("value", [True, False])
@pytest.mark.parametrize("name", ["whole", "part", "maybe"])
def test_a_yes_or_a_no_is_no_number(name: str, value: bool) -> None:
    with pytest.raises(ValidationError) as caught:
        Knob.model_validate({name: value})
    (found,) = caught.value.errors()
    assert found["loc"] == (name,)
    assert found["type"] == ("float_type" if name == "part" else "int_type")


def test_numbers_texts_of_numbers_and_real_flags_are_taken() -> None:
    knob = Knob.model_validate({"whole": "7", "part": 2, "maybe": 3, "yes": True, "either": True})
    assert (knob.whole, knob.part, knob.maybe, knob.yes, knob.either) == (7, 2.0, 3, True, True)
