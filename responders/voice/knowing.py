"""What is known of the issue behind a draft: the facts that the linter holds its text against.

Apart from the linter, because here rows are read. The facts are those of this moment: a text is
judged anew whenever it is written, approved and about to leave.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from classifiers import store as issues
from classifiers.corrections.store_workarounds import workaround_of
from classifiers.facts import facts_of as told_facts
from classifiers.facts import reported
from classifiers.naming import Told
from classifiers.tables import Issue, IssueEvent
from config.ground import Ground
from config.settings import Settings
from listener.tables import Post, Product
from responders.delivery.erasures import erasures
from responders.delivery.reaching import BY_HAND
from responders.voice import store, store_respond
from responders.voice.leave.declared_policies import host_of, policy_of
from responders.voice.linting import lint
from responders.voice.rules.base import Facts, links_in
from responders.voice.store_links import dead_or_unsure
from responders.voice.tables import Draft, DraftState
from responders.voice.words.affecting import affected

MOST_POSTS, MOST_LETTERS = 100, 4_000
"""So much of what people wrote is read: the newest posts, and of each its beginning."""
GIVEN = {"versions": "version", "platforms": "platform", "errors": "error", "tried": "tried"}
"""What the author told, as the linter calls it."""
AFFECTED = ("platforms", "versions")


def own_address(settings: Settings) -> str:
    """Return where the known-issues page is read, as far as the settings say."""
    console = settings.console
    return settings.page.url or f"http://{console.host}:{console.port}/"


def findings_of(session: Session, ground: Ground, draft: Draft) -> list[dict[str, Any]]:
    """Return what the linter finds in a draft's text, as the draft keeps it."""
    return [one.as_json() for one in lint(draft.text, known_of(session, ground, draft))]


def known_of(session: Session, ground: Ground, draft: Draft) -> Facts:
    """Return the facts for a draft's text; the draft itself need not be stored yet."""
    whole = store.whole(session, draft.issue_id)
    issue = session.get_one(Issue, whole)
    product = session.get_one(Product, draft.product_id)
    posts = _answered(session, draft, whole)
    counts = issues.counts(session, [whole]).get(whole, issues.Counts())
    change = store_respond.last_changes(session, [whole]).get(whole)
    credited = workaround_of(session, issue)
    forgotten = bool(erasures(session, whole).unforgotten)
    facts = issue.facts or {}
    dead, unsure = dead_or_unsure(session, links_in(draft.text))
    return Facts(
        kind=draft.kind,
        channel=draft.channel,
        phase=draft.phase,
        language=draft.language,
        now=ground.clock.now(),
        next_update_by=draft.next_update_by,
        page_url=draft.page_url or _known_page(session, ground, draft),
        product=product.name,
        speaker=product.speaker,
        handwritten=_is_handwritten(session, draft, product),
        title="" if forgotten else issue.title,
        said=[_words(post) for post in posts],
        phrases=[] if forgotten else list(issue.key_phrases),
        authors=[post.author for post in posts if post.author],
        numbers=frozenset(str(one) for one in (counts.posts, counts.authors, counts.sources)),
        counted=counts.posts,
        cause=str(change.data.get("note") or "") if change else "",
        workaround=_helps(change, credited.found.text if credited else ""),
        affected=[one.value for kind in AFFECTED for one in reported(facts, kind)],
        clear=() if forgotten else _clear(facts, counts.authors, product),
        given=_given(posts) if draft.thread_id else frozenset(),
        previous=_previous(session, draft),
        dead_links=dead,
        unsure_links=unsure,
    )


def _helps(change: IssueEvent | None, workaround: str) -> str:
    """Return what a person of ours said helps: once it is over, that it does not come back."""
    avoid = str(change.data.get("avoid") or "") if change else ""
    return avoid or workaround


def _answered(session: Session, draft: Draft, issue_id: int) -> Sequence[Post]:
    """Return what people wrote where the text goes; for the page, of the whole issue."""
    posts = issues.posts_of_issue(session, issue_id, newest=MOST_POSTS)
    if draft.thread_id is None:
        return posts
    first = session.get(Post, draft.post_id) if draft.post_id is not None else None
    stands = [first] if first is not None and first.erased_at is None else []
    there = [post for post in posts if post.thread_id == draft.thread_id]
    return [*stands, *(post for post in there if post.id != draft.post_id)]


def _words(post: Post) -> str:
    return f"{post.title}\n{post.text}"[:MOST_LETTERS] if post.title else post.text[:MOST_LETTERS]


def _is_handwritten(session: Session, draft: Draft, product: Product) -> bool:
    """Tell whether a person wrote a text that they post by hand, at a place without bots."""
    place = store.place_of(session, draft) if draft.edited_by and draft.channel == BY_HAND else None
    if place is None:
        return False
    thread, _, source = place
    return policy_of(product).at(source.name).keeps_bots_out(host_of(source, thread))


def _clear(facts: Mapping[str, Any], people: int, product: Product) -> Sequence[str]:
    return affected(facts, people=people, product=[product.name, *product.aliases]).values


def _given(posts: Sequence[Post]) -> frozenset[str]:
    """Return what the author of the post that is answered told already."""
    told = [
        Told(str(post.id), _words(post))
        for post in posts
        if post.author_key == posts[0].author_key and (post.author_key or post is posts[0])
    ]
    return frozenset(GIVEN[kind] for kind in told_facts(told) if kind in GIVEN)


def _previous(session: Session, draft: Draft) -> str:
    """Return what we said in the same place about the same issue the last time."""
    earlier = [
        one.text
        for one in store.drafts_of(session, draft.issue_id)
        if one.state is DraftState.SENT
        and one.id != draft.id
        and (draft.id is None or (one.id or 0) < draft.id)
        and (one.thread_id, one.channel) == (draft.thread_id, draft.channel)
    ]
    return earlier[-1] if earlier else ""


def _known_page(session: Session, ground: Ground, draft: Draft) -> str:
    """Return the page's address for a text that a person wrote: the one other drafts lead to."""
    known = [one.page_url for one in store.drafts_of(session, draft.issue_id) if one.page_url]
    return known[-1] if known else own_address(ground.settings)
