import pytest
from playwright.sync_api import Browser, Page
from sqlmodel import col, select

from classifiers.tables import Issue
from config.database import reading, transaction
from listener.tables import Post, Source, Thread
from responders.decisions.acting import Role
from responders.decisions.drafts import approve, edit
from responders.voice.tables import Draft, DraftState
from tests.browser.hostile import MARK, OWN, hostile_texts
from tests.browser.house import RUTH, House
from tests.browser.watching import Watch, looking
from tests.responders.incidents import Incident, Said, happen

pytestmark = pytest.mark.browser
IN_A_THREAD = 10
POKE = """() => {
  for (const one of document.querySelectorAll("body *"))
    for (const name of ["mouseover", "mouseenter", "focus", "toggle", "animationstart"])
      one.dispatchEvent(new Event(name, { bubbles: true }));
}"""
SEEN = f"""() => ({{
  ran: typeof window.{MARK} !== "undefined",
  scripts: [...document.scripts].filter((one) => !one.src.startsWith(location.origin)).length,
  foreign: [...document.querySelectorAll("iframe, object, embed, base, body meta, #stolen,"
    + "body img, math, style")].length,
  handlers: [...document.querySelectorAll("*")].filter((one) =>
    [...one.attributes].some((each) => each.name.startsWith("on") || each.name === "ping")).length,
  ways: [...document.querySelectorAll("a")].filter((one) =>
    one.protocol === "javascript:" || one.protocol === "data:").length,
}})"""
NOTHING = {"ran": False, "scripts": 0, "foreign": 0, "handlers": 0, "ways": 0}


def storable(text: str) -> str:
    """The listener lets no zero character in, and no half of a surrogate pair."""
    return text.replace("\0", "").encode(errors="replace").decode()


def put_in(house: House) -> None:
    """Let strangers write hostile texts wherever strangers can write."""
    texts = [storable(text) for text in hostile_texts()]
    said = [Said(text=t, thread=str(n // IN_A_THREAD)) for n, t in enumerate(texts)]
    issue = happen(house.ground, Incident(said=said, title=OWN[0], reason=OWN[1]))
    with transaction(house.ground.engine) as session:
        row = session.get_one(Issue, issue)
        row.key_phrases = list(OWN[:6])
        posts = session.exec(select(Post)).all()
        for post, text in zip(posts, texts, strict=True):
            post.author, post.url = text[:200], f"javascript:window.{MARK}=1//{post.id}"
        for number, thread in enumerate(session.exec(select(Thread)).all()):
            thread.title = texts[number % len(texts)]
            thread.url = f"javascript:window.{MARK}=1" if number % 2 else f"https://x/{texts[1]}"
        for source in session.exec(select(Source)).all():
            source.name, source.reason = OWN[4], OWN[2]
    house.respond()


def publish_some(house: House) -> None:
    """Let a careless person publish hostile texts: the page must hold all the same."""
    with reading(house.ground.engine) as session:
        query = select(Draft).where(Draft.channel == "page", Draft.state == DraftState.PENDING)
        draft = session.exec(query.order_by(col(Draft.id))).one()
    shown = [text for text in hostile_texts() if text.isprintable() and len(text) < 1_000]
    body = "\n\n".join([*OWN[:12], *shown])[:15_000]
    edit.edit(house.ground, RUTH, draft.id or 0, f"{OWN[0]}\n\n{body}")
    approve.approve(house.ground, RUTH, draft.id or 0, override="without a look at it")
    house.deliver()


def all_drafts(house: House) -> list[int]:
    """Return every draft; those for the worst threads are held back from the queue."""
    with reading(house.ground.engine) as session:
        return [row.id or 0 for row in session.exec(select(Draft).order_by(col(Draft.id))).all()]


def visit(page: Page, watch: Watch, address: str) -> None:
    page.goto(address)
    page.evaluate(POKE)
    assert page.evaluate(SEEN) == NOTHING, address
    assert page.url == address, "it led elsewhere"
    # Of a feed a browser asks for an icon that no feed can name.
    noise = [one for one in watch.noise if not one.endswith("/favicon.ico")]
    assert noise == [], address


def test_hostile_texts_are_text_in_the_console(house: House, browser: Browser) -> None:
    put_in(house)
    cookie = house.let_in("ruth", Role.APPROVER)
    console = f"{house.url}/console"
    with looking(browser, house.url, cookie=cookie) as (page, watch):
        drafts = all_drafts(house)
        assert len(drafts) > len(OWN) // IN_A_THREAD
        for draft in drafts:
            visit(page, watch, f"{console}/drafts/{draft}")
        for path in (
            f"/drafts/{drafts[0]}?edit",
            "/?view=decided",
            "/issues",
            "/sources",
            "/audit",
        ):
            visit(page, watch, f"{console}{path}")
        visit(page, watch, f"{console}/issues/GS-1?posts=all&sort")
        visit(page, watch, f"{console}/issues/GS-1?posts=all")
        shown = page.locator(".member .says").all_inner_texts()
        assert any(words.startswith("<script>") for words in shown)
        assert any(words.startswith("&lt;script&gt;") for words in shown)


def test_hostile_texts_are_text_on_the_page(house: House, browser: Browser) -> None:
    put_in(house)
    publish_some(house)
    with looking(browser, house.url) as (page, watch):
        for path in ("/", "/incidents/gs-1/", "/history/", "/history.atom", "/history.rss"):
            visit(page, watch, f"{house.url}{path}")
        page.goto(f"{house.url}/incidents/gs-1/")
        assert "<script>" in page.locator("h1").inner_text()
        assert "<iframe" in page.locator("main").inner_text()
