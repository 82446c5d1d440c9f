"""What mail programs, forums and platforms put around an author's words, and what only looks so."""

import pytest

from listener.cleaning import clean_html, clean_text

HTML = {
    "phpBB 3": "<blockquote><div><cite>Bo wrote:</cite>old</div></blockquote>mine",
    "phpBB 2": "<b>Bo wrote:</b><table><tr><td class=quote>old</td></tr></table>mine",
    "vBulletin 3": "<div><div class=smallfont>Quote:</div><table><tr><td class=alt2>Originally "
    "Posted by <strong>Bo</strong><div>old</div></td></tr></table></div>mine",
    "vBulletin 4": "<div class=bbcode_container><div class=bbcode_quote><div>Originally Posted by "
    "Bo</div><div class=message>old</div></div></div>mine",
    "SMF": "<div class=quoteheader>Quote from: Bo</div><blockquote class=bbc_standard_quote>old"
    "</blockquote>mine",
    "XenForo": '<blockquote class="bbCodeBlock bbCodeBlock--quote">Bo said: old</blockquote>mine',
    "MyBB": "<blockquote class=mycode_quote><cite>Bo Wrote:</cite>old</blockquote>mine",
    "Discourse": "<aside class='quote no-group'><div class=title>bo:</div><blockquote>old"
    "</blockquote></aside>mine",
    "Gmail": "mine<div class=gmail_quote><div>On Mon, 11 May 2026 Bo wrote:</div><blockquote>old"
    "</blockquote></div>",
    "Apple Mail": "mine<div>On 11 May 2026, at 08:15, Bo wrote:</div><br><blockquote type=cite>old"
    "</blockquote>Sent from my iPhone",
    "Outlook": "mine<hr><div><b>From:</b> Bo<br><b>Sent:</b> Monday<br><b>To:</b> us<br><b>Subject:"
    "</b> Crash</div><div>old</div>",
    "GitHub": "mine<div class=email-hidden-reply>old</div>",
    "the second after the first": "<blockquote>a</blockquote><p>mine</p>Bo said:<blockquote>b",
}


@pytest.mark.parametrize("html", HTML.values(), ids=HTML.keys())
def test_quotes_and_who_is_quoted_are_cut(html: str) -> None:
    cleaned = clean_html(html)
    assert (cleaned.text, cleaned.quoted) == ("mine", True)


MAILS = {
    "English": "On Mon, 11 May 2026 at 08:15, Bo <bo@x.example> wrote:\n> old",
    "an empty line between": "On Mon, 11 May 2026 at 08:15, Bo wrote:\n\n> old",
    "two lines": "On Mon, 11 May 2026 at 08:15,\nBo With A Name <bo@x.example> wrote:\n\n> old",
    "German": "Am 11.05.26 um 08:15 schrieb Bo:\n> alt",
    "French": "Le lun. 11 mai 2026 à 08:15, Bo a écrit :\n> vieux",
    "Spanish": "El lun, 11 may 2026 a las 8:15, Bo escribió:\n> viejo",
    "Outlook": "________\nFrom: Bo\nSent: Monday\nTo: us\nSubject: A\n\nold",
    "an original": "-----Original Message-----\nold",
    "a German original": "-----Ursprüngliche Nachricht-----\nVon: Bo\n\nalt",
    "a German head": "Von: Bo\nGesendet: Montag\nAn: uns\nBetreff: Absturz\n\nalt",
}


@pytest.mark.parametrize("mail", MAILS.values(), ids=MAILS.keys())
def test_the_message_that_is_answered_is_cut(mail: str) -> None:
    cleaned = clean_text(f"mine\n\n{mail}")
    assert (cleaned.text, cleaned.quoted) == ("mine", True)


@pytest.mark.parametrize(
    "footer",
    [
        "-- \nBo\nCEO",
        "Sent from my iPhone",
        "Sent from my SM-G991B using Tapatalk",
        "Sent from Mail for Windows",
        "Sent with Proton Mail secure email.",
        "Gesendet von meinem iPhone",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "—\nReply to this email directly, view it on GitHub, or unsubscribe.",
    ],
)
def test_signatures_and_footers_are_cut(footer: str) -> None:
    assert clean_text(f"mine\n\n{footer}").text == "mine"


@pytest.mark.parametrize(
    "text",
    [
        "It says\n>>> import fern\nTraceback\n>>> fern.sync()\nKeyError",
        "Since 5.1\n>5 files are too many",
        "Von meinem Handy aus geht es nicht.",
        "Sent files never arrive",
        "From: address is wrong in all mails\nAnd the subject too",
        "From: is empty\nSubject: is cut",
        "The dialog said:\nfile not found",
        "On Monday 5 it worked,\ntoday it does not",
        "Steps:\n--\n1\n2\n3\n4\n5\n6\n7\n8\n9",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    cleaned = clean_text(text)
    assert (cleaned.text, cleaned.quoted) == (text, False)


def test_a_message_that_is_all_there_is_stays() -> None:
    mail = "From: Bo\nSent: Monday\nSubject: Crash\n\nIt crashes"
    assert clean_text(mail).text == mail


def test_code_is_neither_quote_nor_signature() -> None:
    text = "Mine:\n```\n> not a quote\n--\nFrom: a\nSent: b\nSubject: c\n```\nafter"
    assert clean_text(text).text == text
    assert clean_html("<pre>$ sync\n&gt; error 5</pre>").text == "$ sync\n> error 5"
