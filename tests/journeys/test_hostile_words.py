"""One corpus of hostile words through every way that words leave us: none of them does anything.

Each text is a post, its title, its author's name, and the title, phrase and facts of its issue at
once; the passes run over all of them, and each sink is held to its law. Then each sink's own escape
is taken away, and its law must see it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from classifiers.tables import Issue
from config.clock import ENVIRONMENT_KEY, rfc3339
from config.database import reading, transaction
from config.ground import Ground
from listener.tables import Post, Thread
from responders.commands import output
from responders.commands.issues import evidence
from responders.decisions.drafts.approve import approve
from responders.decisions.drafts.edit import edit
from responders.delivery.channels.page import Page
from responders.delivery.inert import plain
from responders.delivery.outbox import deliver_due
from responders.delivery.platforms import fan_out
from responders.oncall import alert, card
from responders.oncall.card import Card, make_card
from responders.oncall.cards import drawing, drawing_slack
from responders.page import api, feeds
from responders.page.folder import folder_of
from responders.page.publish import PagePublisher, publish_due
from responders.voice.addressing import PAGE
from responders.voice.respond import respond_due
from responders.voice.tables import Draft, DraftState
from responders.voice.words import drafting, symptoms
from responders.workspace import close_opened, open_ground
from tests.conftest import NOON
from tests.journeys import hostile_laws as laws
from tests.journeys.hostile_corpus import OWN, SHARED, shared
from tests.listener.installation import rows
from tests.responders.commands.line import Workspace, make_workspace
from tests.responders.console.rooms import visiting
from tests.responders.decisions.deciding import RUTH
from tests.responders.incidents import Incident, Said, happen

KINDS = ("discourse", "wordpress", "reddit", "github", "feed")
SHORT = [text for text in OWN if len(text) < 500]
BENIGN = "The app hangs when I open a note."


@dataclass
class House:
    """What the corpus became in the store, and how to read it at each sink."""

    ground: Ground
    groundswell: Workspace
    texts: dict[int, str] = field(default_factory=dict)
    """The hostile text of each issue."""

    def card(self, number: int) -> Card:
        """Return an issue's card."""
        with reading(self.ground.engine) as session:
            issue = session.get_one(Issue, number)
            facts = alert.facts_of(session, issue, now=NOON)
        return make_card(replace(facts, reason=self.texts[number], holder=self.texts[number][:40]))

    def drafts(self) -> list[Draft]:
        """Return what the pass proposed."""
        return [row for row in rows(self.ground, Draft) if row.text]

    def public(self) -> dict[str, bytes]:
        """Paste the words into each page update, publish it, and return the page's files."""
        for draft in self.drafts():
            if draft.channel == PAGE and draft.state is DraftState.PENDING:
                words, number = plain(self.texts[draft.issue_id]), draft.id or 0
                text = f"{words[:200]} {number}\n\n{words[:1000]}\n{BENIGN}"
                edit(self.ground, RUTH, number, text)
                approve(self.ground, RUTH, number, override="hostile on purpose")
        channels = {"page": Page(PagePublisher(self.ground))}
        deliver_due(self.ground, channels, machine=self.ground.clock)
        publish_due(self.ground, machine=self.ground.clock)
        folder = folder_of(self.ground.settings)
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file() and path.suffix in {".html", ".json", ".atom", ".rss"}
        }

    def evidence(self, number: int) -> str:
        """Return an issue's evidence pack."""
        with reading(self.ground.engine) as session:
            return evidence.markdown(session, session.get_one(Issue, number))


def storable(text: str) -> str:
    """Return a text as a database takes it."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\x00", "\ufffd")


def build(house: House, corpus: list[str]) -> None:
    """Let each text be said, at the kinds of places in turn, as the crawl would store it."""
    for at, text in enumerate(map(storable, corpus)):
        said = Said(text=f"{text}\n{BENIGN}", title=text[:300], author=text[:80], thread=f"t{at}")
        number = happen(
            house.ground,
            Incident(
                said=[said], title=text[:300], key_phrases=[text[:60]], reason=text[:200],
                source_kind=KINDS[at % len(KINDS)], reply=True, product="fernsync",
            ),
        )  # fmt: skip
        house.texts[number] = text
    with transaction(house.ground.engine) as session:
        for issue in session.exec(select(Issue)).all():
            text = house.texts[issue.id or 0]
            post = session.exec(select(Post).where(Post.title == text[:300])).first()
            quotes = [{"post_id": post.id if post else 0, "text": text, "url": None}]
            fact = {"value": text[:120], "people": 2, "quotes": quotes}
            issue.facts = {"versions": [fact], "platforms": [fact], "tried": [fact]}
            issue.quotes = quotes
        for thread in session.exec(select(Thread)).all():
            thread.title = house.texts.get(thread.id or 0, "x")[:300]


@pytest.fixture
def house(
    tmp_path: Path, sqlite_template: bytes, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[list[str]], House]]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(ENVIRONMENT_KEY, rfc3339(NOON))
    (tmp_path / "groundswell.db").write_bytes(sqlite_template)
    groundswell = make_workspace(tmp_path, f"sqlite:///{tmp_path}/groundswell.db", "fernsync")

    def made(corpus: list[str]) -> House:
        one = House(open_ground(tmp_path / "groundswell.toml"), groundswell)
        build(one, corpus)
        respond_due(one.ground, page_url="https://status.fernsync.example/")
        return one

    yield made
    close_opened()


# The sinks: each returns what is alive there ------------------------------------------------------


def draft_texts(house: House) -> list[str]:
    """Texts for every kind of place, as they were proposed."""
    return [line for row in house.drafts() for line in laws.draft_law(row.text)]


ORDERS = re.compile(
    r"(?i)instructions?\b|anweisung|consigne|assistant|repeat after me|you are now|refund|rembours"
    r"|guarantee|api key|approve"
)


def obeyed(house: House) -> list[str]:
    """Texts again: what was meant for a machine is not even repeated."""
    return [
        laws.around(row.text, found)
        for row in house.drafts()
        for found in ORDERS.finditer(row.text.replace("approved by a person", ""))
    ]


def own_statements(house: House) -> list[str]:
    """Texts again: no sentence of theirs is ours; the page's first line is the symptom, too."""
    return [
        line
        for row in house.drafts()
        for line in laws.said_by_us(
            row.text.partition("\n")[2] if row.channel == PAGE else row.text,
            house.texts[row.issue_id],
            BENIGN,
        )
    ]


def discord_card(house: House) -> list[str]:
    """The embed."""
    drawn = (drawing.as_discord(house.card(number)) for number in house.texts)
    return [line for payload in drawn for line in laws.discord_law(payload)]


def slack_card(house: House) -> list[str]:
    """The blocks."""
    drawn = (drawing_slack.as_slack(house.card(number)) for number in house.texts)
    return [line for payload in drawn for line in laws.slack_law(payload)]


def any_service(house: House) -> list[str]:
    """What Apprise hands on."""
    lines = (fan_out.said(drawing.as_lines(house.card(one)), {}) for one in house.texts)
    return [line for title, body in lines for line in laws.fan_law(f"{title}\n{body}")]


def card_in_terminal(house: House) -> list[str]:
    """The alert where the service runs."""
    return [
        line
        for number in house.texts
        for line in laws.terminal_law(drawing.as_lines(house.card(number)))
    ]


def evidence_pack(house: House) -> list[str]:
    """What an engineer pastes elsewhere."""
    return [line for number in house.texts for line in laws.markdown_law(house.evidence(number))]


def terminal(house: House) -> list[str]:
    """The command line's lists and shows, for people and for scripts."""
    asked = [["issue", "list", "--all"], ["post", "list"], ["draft", "list"], ["thread", "list"]]
    asked += [["issue", "show", f"GS-{number}"] for number in list(house.texts)[::9]]
    asked += [[*words, "--json"] for words in asked]
    found: list[str] = []
    for words in asked:
        said = house.groundswell(*words)
        assert said.code == 0, (words, said.err)
        found += laws.terminal_law(said.out + said.err)
    return found


def page(house: House) -> list[str]:
    """The public page's files."""
    files = house.public()
    assert {"index.html", "history.atom", "updates.rss", "api/v2/incidents.json"} <= set(files)
    assert len([name for name in files if name.startswith("incidents/")]) >= len(house.texts) // 2
    found: list[str] = []
    for name, data in files.items():
        if name.endswith(".html"):
            found += laws.html_law(data.decode(), whole=True)
        elif name.endswith(".json"):
            found += laws.api_law(data)
        else:
            found += laws.feed_law(data)
    return found


def console(house: House) -> list[str]:
    """The pages that our own people see."""
    with visiting(house.ground) as visit:
        paths = ["/console/", *(f"/console/issues/GS-{one}" for one in list(house.texts)[::3])]
        shown = [visit.see(path) for path in paths]
    return [line for html in shown for line in laws.html_law(html, whole=True)]


SINKS = (
    draft_texts, obeyed, own_statements, discord_card, slack_card, any_service, card_in_terminal,
    evidence_pack, terminal, page, console,
)  # fmt: skip


def test_our_own_hostile_words_do_nothing_anywhere(house: Callable[[list[str]], House]) -> None:
    one = house(list(OWN))
    assert {row.channel for row in one.drafts()} >= {*KINDS[:-1], "manual", PAGE}
    assert {sink.__name__: sink(one) for sink in SINKS} == {sink.__name__: [] for sink in SINKS}


def test_the_shared_hostile_words_do_nothing_anywhere(
    house: Callable[[list[str]], House],
) -> None:
    if not SHARED.is_file():
        pytest.skip("the shared cases are not here")
    one = house(list(shared()))
    assert {sink.__name__: sink(one) for sink in SINKS} == {sink.__name__: [] for sink in SINKS}


# Each escape is needed ----------------------------------------------------------------------------


def as_it_is(text: str, *_: object, **__: object) -> str:
    """Do nothing, where an escape should."""
    return text


MUTANTS: list[tuple[Callable[[House], list[str]], Any, str]] = [
    (discord_card, drawing, "discord_text"),
    (slack_card, drawing_slack, "slack_text"),
    (any_service, fan_out, "harmless"),
    (card_in_terminal, card, "quoted"),
    (evidence_pack, evidence, "inert"),
    (evidence_pack, evidence, "inert_quote"),
    (terminal, output, "printable"),
    (terminal, output, "inert_json"),
]


def test_without_its_escape_a_sink_is_seen_to_be_alive(
    house: Callable[[list[str]], House], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = house(SHORT)
    blind = []
    for sink, room, escape in MUTANTS:
        with monkeypatch.context() as without:
            without.setattr(room, escape, as_it_is)
            if not sink(one):
                blind.append(f"{sink.__name__} without {escape}")
    assert blind == []


@pytest.mark.parametrize(
    ("room", "escape"), [(api, "as_html"), (feeds, "as_html"), (feeds, "_no_tag")]
)
def test_without_its_escape_a_file_of_the_page_is_seen_to_be_alive(
    house: Callable[[list[str]], House], monkeypatch: pytest.MonkeyPatch, room: Any, escape: str
) -> None:
    monkeypatch.setattr(room, escape, as_it_is)
    assert page(house(SHORT[8:14]))


def test_without_what_keeps_a_piece_out_a_draft_is_seen_to_be_alive(
    house: Callable[[list[str]], House], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as without:
        without.setattr(symptoms, "sayable", lambda _piece: True)
        without.setattr(symptoms, "_tells", lambda _piece, _wanted: True)
        without.setattr(drafting, "shown", as_it_is)
        one = house(SHORT)
    assert draft_texts(one)
    assert obeyed(one)
