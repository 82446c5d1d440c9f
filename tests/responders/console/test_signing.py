"""Signatures that tie a form to a browser."""

from hypothesis import given
from hypothesis import strategies as st

from responders.console.signing import ENTRY, FORM, is_genuine, is_nonce, token

KEY = b"k" * 32


@given(st.text(min_size=1))
def test_a_token_is_genuine_for_its_own_cookie(cookie: str) -> None:
    assert is_genuine(KEY, FORM, cookie, token(KEY, FORM, cookie))


@given(st.text(), st.text(), st.text())
def test_a_token_of_another_cookie_key_or_purpose_is_none(
    cookie: str, other: str, given_token: str
) -> None:
    assert not is_genuine(KEY, FORM, cookie, token(KEY, ENTRY, cookie))
    assert not is_genuine(KEY, FORM, cookie, token(b"x" * 32, FORM, cookie))
    assert not is_genuine(KEY, FORM, cookie, given_token)
    if other != cookie:
        assert not is_genuine(KEY, FORM, cookie, token(KEY, FORM, other))


def test_without_a_cookie_no_token_is_genuine() -> None:
    assert not is_genuine(KEY, FORM, "", token(KEY, FORM, ""))


def test_only_what_we_give_is_kept_as_a_log_in_cookie() -> None:
    assert is_nonce("0123456789abcdef" * 2)
    assert not is_nonce("")
    assert not is_nonce("0123456789ABCDEF" * 2)
    assert not is_nonce("0" * 33)
