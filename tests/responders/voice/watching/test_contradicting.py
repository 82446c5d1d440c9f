"""What counts as "it did not help", in the words that people use."""

import pytest

from responders.voice.watching.contradicting import contradicts


@pytest.mark.parametrize(
    "text",
    [
        "Didn't work.",
        "That did not work for me",
        "it doesn’t help",
        "Still broken.",
        "still the same error here",
        "It is still not working",
        "Same for me, version 4.2.1",
        "same problem again",
        "The problem persists after the update.",
        "I still get the message",
        "Sync still hangs at 90 %",
        "Works on Android now, but iOS still hangs",
        "Thanks! However it is not fixed on my phone.",
        "It's back",
        "The issue is back since yesterday",
        "crashes again after restart",
        "No change.",
        "no luck, sorry",
        "> it is fixed now\nnot for me, it isn't working",
        "Nothing has changed",
        "Not yet fixed here",
        "Funktioniert leider nicht",
        "Geht bei mir immer noch nicht",
        "bei mir auch noch",
        "I updated and it still happens",
        "won't work",
        "doesn't fix it",
        "And still",
    ],
)
def test_who_says_that_it_is_not_over_contradicts_the_fix(text: str) -> None:
    assert contradicts(text)


@pytest.mark.parametrize(
    "text",
    [
        "Works now, thanks!",
        "Thank you, fixed for me.",
        "It doesn't crash anymore",
        "It no longer hangs.",
        "Great, it is not broken any longer",
        "Still works fine here",
        "Still the best app there is.",
        "I thought it was still broken and then it went away",
        "What was the cause?",
        "When is the next update?",
        "> It is still broken\nAll good now",
        "Funktioniert wieder, danke",
        "Hängt nicht mehr",
        "",
        "If it still hangs I will tell you",
    ],
)
def test_thanks_questions_and_good_news_do_not(text: str) -> None:
    assert not contradicts(text)
