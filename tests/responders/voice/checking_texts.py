"""What every text of ours must say and must not, checked from outside: no rule of ours is used."""

import re
from datetime import datetime
from typing import Final

from responders.voice.phases import RESOLVED
from responders.voice.words.drafting import Asked

LONGEST_SENTENCE: Final = 35
FEWEST, MOST = 20, 110
BLOCKED: Final = re.compile(
    r"""(?ix) any\s+inconvenience | may\s+have\s+caused | if\s+you\s+were\s+affected
      | minor\s+glitch
      | \b(?: always | never | guarantee\w* | refund\w* | compensat\w* | legal | because | asap
      | soon | shortly | simply | just | obviously | immer | niemals | garantier\w* | bald | einfach
      | unannehmlichkeit\w* | erstatt\w* )\b | 100\s?% | !"""
)
KNOWS: Final = {
    "en": r"[Ww]e (?:know|have looked|have tried)",
    "de": r"Wir (?:wissen|haben nachgesehen|haben es versucht)",
    "fr": r"Nous (?:avons connaissance|savons)",
    "es": r"(?:Tenemos conocimiento|Sabemos)",
    "pt": r"(?:Temos conhecimento|Sabemos)",
    "ja": r"(?:把握しており|確認しています)",
}
"""How each language says that we know."""
DOES: Final = {
    "en": r"investigating|working on it|watching|fixed|works as|leave it|outside our|make it happen"
    r"|way around it",
    "de": r"untersucht|arbeitet|beobachten|behoben|außerhalb|gedacht|zu lassen|auszulösen|auslösen"
    r"|darum herum",
    "fr": r"l’étudie|corrigé",
    "es": r"investigando|resuelto",
    "pt": r"investigá-lo|resolvido",
    "ja": r"調査しています|解消した",
}
"""How it says what we do now, or did."""
DISCLOSES: Final = {
    "en": "prepared automatically and approved by a person",
    "de": "automatisch vorbereitet und vor dem Absenden von einem Menschen freigegeben",
    "fr": "préparé automatiquement et approuvé par une personne",
    "es": "se preparó automáticamente y una persona lo aprobó",
    "pt": "preparado automaticamente e aprovado por uma pessoa",
    "ja": "自動で作成され、投稿前に担当者が承認しました",
}
_CLOCK: Final = re.compile(r"\b\d{1,2}:\d{2}\b")
_ALIVE: Final = re.compile(r"(?i)[@＠]\w|<\w|\]\(|(?<!\w)/?[ur]/\w|\\x00")


def faults(text: str, asked: Asked, language: str) -> list[str]:
    """Return what is wrong with a text, in words; nothing where all is well."""
    body = text.partition("\n\n")[2] if asked.kind == "page" else text
    ours = body.replace(asked.symptom, "…") if asked.symptom else body
    ours = ours.replace(asked.page_url, "")
    found = [
        *_lacking(body, asked, language),
        *(f"blocked: {match[0]}" for match in BLOCKED.finditer(ours)),
        *(f"alive: {match[0]}" for match in _ALIVE.finditer(body.replace(asked.page_url, ""))),
        *_lengths(body, language),
        *_times(body),
    ]
    if asked.phase != RESOLVED and re.search(r"\bfixed\b|behoben|corrigé|resuelto|解消", ours):
        found.append("says that it is fixed")
    return found


def _lacking(body: str, asked: Asked, language: str) -> list[str]:
    due = asked.next_update_by
    musts = {
        "that we know": bool(re.search(KNOWS[language], body)),
        "what we do": bool(re.search(DOES[language], body)),
        "the symptom": asked.symptom in body,
        "the link": asked.page_url in body.split(),
        "who speaks": DISCLOSES[language] in body,
        "the next word": (due is None) or _says(body, due),
    }
    return [f"does not say {what}" for what, said in musts.items() if not said]


def _says(body: str, due: datetime) -> bool:
    return f"{due:%H:%M} UTC" in body


def _lengths(body: str, language: str) -> list[str]:
    if language == "ja":
        return []  # it has no blanks between words
    words = len(body.split())
    found = [] if FEWEST <= words <= MOST else [f"{words} words"]
    sentences = re.split(r"[.:;?…]\s|\n", body)
    long = [one for one in sentences if len(one.split()) > LONGEST_SENTENCE]
    return [*found, *(f"a long sentence: {one}" for one in long)]


def _times(body: str) -> list[str]:
    return [
        f"a time without zone: {match[0]}"
        for match in _CLOCK.finditer(body)
        if not body[match.end() :].startswith(" UTC")
    ]
