"""How Slack asks for silence and what its refusals mean, read one way by all who speak to it.

Pure. Source: https://docs.slack.dev/apis/web-api/rate-limits and the errors listed at
https://docs.slack.dev/reference/methods/chat.postMessage
"""

from collections.abc import Mapping

from responders.delivery.platforms.discord_limits import DEFAULT_REST_S, seconds

BUSY = {"ratelimited": 30.0, "rate_limited": 30.0, "message_limit_exceeded": 300.0,
        "request_timeout": 5.0}  # fmt: skip
"""Nothing was done, and later it can be: in so many seconds, where no header says when. A limit of
the whole workspace is not over in a moment."""
UNSURE = frozenset({"fatal_error", "internal_error", "service_unavailable"})
"""Slack says of these that a part of it may have been done."""
WRONG_TOKEN = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"}
)
NO_CHANNEL = frozenset({"channel_not_found", "not_in_channel", "is_archived"})
NO_RIGHT = frozenset({"missing_scope", "no_permission", "not_allowed_token_type"})


def retry_after(headers: Mapping[str, str]) -> float:
    """Return the seconds that a 429 names in its header."""
    return seconds(headers.get("Retry-After"), DEFAULT_REST_S)


def busy_for(error: str, headers: Mapping[str, str]) -> float:
    """Return the seconds of silence that an answer without the status of one asks for."""
    return seconds(headers.get("Retry-After"), BUSY.get(error, DEFAULT_REST_S))


def remedy(error: str) -> str:
    """Say what Slack refused, and what a person can do."""
    word = error[:60] or "no word"
    if error in WRONG_TOKEN:
        return f"Slack does not know the bot ({word}); check [slack] bot_token"
    if error in NO_CHANNEL:
        return (
            f"Slack does not let the bot into its channel ({word}); check [slack] channel_id and "
            "invite the bot there: /invite @groundswell"
        )
    if error in NO_RIGHT:
        return (
            f"the bot lacks a right at Slack ({word}); `groundswell doctor` names it. Add it under "
            "OAuth & Permissions of the app and install the app again"
        )
    return f"Slack refused the message ({word})"
