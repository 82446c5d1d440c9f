"""From the script to what the formats render: how each place names, links and titles its posts.

Apart from the formats, which the tests' places use too and which know nothing of Fernsync. Ids of
feed entries do not hold the port that a place stands at: a restart may choose another one, and a
post must stay the same post.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby

from responders.demo.bodies import html_of
from responders.demo.formats import FeedItem, ForumPost
from responders.demo.script import Post

Posts = Sequence[Post]


def comments(posts: Posts, base: str) -> list[FeedItem]:
    """Return the blog's comments as WordPress lists them, the newest first."""
    return [
        FeedItem(
            id=f"https://blog.fernsync.example/?p={post.thread_number}#comment-{post.number}",
            url=f"{base}{post_path(post)}",
            title=f"Comment on {post.title} by {post.author}",
            author=post.author,
            published_at=post.at,
            html=html_of(post),
        )
        for post in reversed(posts)
    ]


def board_posts(posts: Posts, base: str) -> list[FeedItem]:
    """Return the board's posts as phpBB lists them, the newest first."""
    return [
        FeedItem(
            id=f"https://thesyncbench.example{post_path(post)}",
            url=f"{base}{post_path(post)}",
            title=f"{'' if post.position == 1 else 'Re: '}{post.title}",
            author=post.author,
            published_at=post.at,
            html=html_of(post),
        )
        for post in reversed(posts)
    ]


def forum_posts(posts: Posts, *, raw: bool = False) -> list[ForumPost]:
    """Return the community's posts as Discourse knows them, oldest first.

    Args:
        posts: the posts.
        raw: whether to tell what was typed beside the HTML.
    """
    authors = {(post.thread_number, post.position): post.author for post in posts}
    return [
        ForumPost(
            id=post.number,
            topic_id=post.thread_number,
            topic_slug=post.thread,
            topic_title=post.title,
            post_number=post.position,
            username=post.author,
            created_at=post.at,
            cooked=html_of(
                post, quoted_author=authors.get((post.thread_number, post.answers or 0))
            ),
            raw=post.text if raw else None,
            reply_to_post_number=post.answers,
            moderator=post.role == "staff",
            staff=post.role == "staff",
        )
        for post in posts
    ]


def topics(posts: Posts) -> list[list[ForumPost]]:
    """Return the community's topics, the last written to first, each oldest first."""
    ordered = sorted(forum_posts(posts), key=lambda post: (post.topic_id, post.post_number))
    found = [list(topic) for _, topic in groupby(ordered, key=lambda post: post.topic_id)]
    return sorted(found, key=lambda topic: topic[-1].id, reverse=True)


def thread_path(post: Post) -> str:
    """Return where a post's thread stands in its place."""
    paths: Mapping[str, str] = {
        "community": f"/t/{post.thread}/{post.thread_number}",
        "blog": f"/2026/05/{post.thread}/",
        "gripes": f"/viewtopic.php?t={post.thread_number}",
    }
    return paths[post.place]


def post_path(post: Post) -> str:
    """Return where a post itself stands in its place."""
    tails: Mapping[str, str] = {
        "community": f"/{post.position}",
        "blog": f"#{mark(post)}",
        "gripes": f"&p={post.number}#{mark(post)}",
    }
    return thread_path(post) + tails[post.place]


def mark(post: Post) -> str:
    """Return the name of a post within its thread's page."""
    return f"comment-{post.number}" if post.place == "blog" else f"p{post.number}"
