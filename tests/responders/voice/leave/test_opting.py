"""Who says that they want no answer, and who only complains that they get none."""

import pytest

from responders.voice.leave.opting import asks_silence

WISHES = (
    "don't contact me",
    "Don’t you dare contact me again",
    "Please stop replying to me.",
    "stop replying to me",
    "do not reply with bots",
    "no bots please",
    "No bots, please.",
    "Please don't message me again",
    "Leave me alone",
    "I don't want to be contacted",
    "I don't want any replies",
    "do not answer me with automated texts",
    "no automated replies please",
    "Keep your bots out of my thread",
    "bots not welcome here",
    "Never contact me again.",
    "Still broken, and do not reply to me with a template",
    "Please do not respond to my posts",
    "I opt out of your replies",
    "stop tagging me",
    "I told you to stop messaging me",
    "Bots, go away!",
    "no bot replies",
    "It hangs.\nNo bots.",
    "Don't con\u200btact me",
    "Bitte nicht mehr kontaktieren",
    "Kontaktiert mich nicht mehr!",
    "Antworten Sie mir bitte nicht mehr",
    "Bitte antwortet mir nicht mehr",
    "Lasst mich in Ruhe",
    "Keine Bots bitte",
    "Hört auf, mir zu schreiben",
    "Ich möchte nicht mehr kontaktiert werden",
    "Ich will keine Antworten von Bots",
    "Keine automatischen Antworten bitte",
)
COMPLAINTS = (
    "You never reply to me",
    "Support does not answer me",
    "They just don't reply to me",
    "The app does not stop pinging me with notifications",
    'the mail says "do not reply to this message"',
    "Please don't reply to this email is what I get",
    "> don't contact me\nwhy would you say that",
    "I can't contact support",
    'Stop replying "me too"',
    "there are no bots in the game lobby",
    "How do I opt out of the beta?",
    "no bots were found in the channel",
    "The bottom bar does not respond to my taps",
    "the keyboard does not respond",
    "the settings have no automatic replies option",
    "I do not want to reinstall",
    "The bot in our Slack doesn't post",
    '"Please do not contact me" is what the banner says',
    "The app stops responding to me tapping the button",
    "Please contact me",
    "please reply to me",
    "The server stopped answering my requests",
    "never answers me",
    "My phone and the app don't talk to each other",
    "Leave me a message",
    "no reply",
    "Ihr antwortet mir nicht",
    "Warum antwortet mir niemand?",
    "Es kommt keine Antwort mehr",
    "Der Bot antwortet nicht",
    "Die App lässt mich nicht in Ruhe arbeiten",
)


@pytest.mark.parametrize("text", WISHES)
def test_a_wish_for_silence_is_heard(text: str) -> None:
    assert asks_silence(text)


@pytest.mark.parametrize("text", COMPLAINTS)
def test_a_complaint_is_no_wish_for_silence(text: str) -> None:
    assert not asks_silence(text)


def test_a_very_long_post_costs_little() -> None:
    assert not asks_silence("please don't " * 20_000)
