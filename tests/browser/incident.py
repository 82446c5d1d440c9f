"""A small incident in the loopback forum, for tests that act."""

from sqlmodel import select

from config.database import transaction
from listener.tables import Post, Source, Thread
from tests.browser.house import CREDENTIAL, House
from tests.places.discourse import forum_post
from tests.responders.incidents import Incident, Said, happen

SAYS = (
    "The app hangs when I open a note", "Opening any note freezes the app",
    "Notes hang on my tablet since today", "I cannot open notes, everything freezes",
    "It hangs for a minute on each note", "My notes do not open any more",
    "The window goes grey when a note opens", "A note opens and nothing reacts then",
    "Frozen again after opening one note", "Each note takes forever and then hangs",
    "Notes freeze on Windows as well",
)  # fmt: skip


def break_out(house: House, says: tuple[str, ...] = SAYS) -> int:
    """Let so many people say so, each in a topic of their own; propose what we would say."""
    said = [Said(text=f"{text}.", thread=str(n)) for n, text in enumerate(says, start=1)]
    issue = happen(house.ground, Incident(said=said, source_kind="discourse", reply=True))
    with transaction(house.ground.engine) as session:
        for source in session.exec(select(Source)).all():
            source.credential = CREDENTIAL
        for thread in session.exec(select(Thread)).all():
            number = int(thread.remote_id)
            thread.title = f"Topic {number}"
            thread.url = f"https://forum.example/t/topic-{number}/{number}"
            house.forum.posts.append(forum_post(number, says[number - 1], topic=number))
            post = session.exec(select(Post).where(Post.thread_id == thread.id)).one()
            post.remote_id = str(number)
            post.url = f"https://forum.example/t/topic-{number}/{number}/1"
    house.respond()
    return issue
