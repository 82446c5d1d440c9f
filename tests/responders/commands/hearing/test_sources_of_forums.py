"""`groundswell source add` with the address of one category of a forum."""

from tests.places.discourse import Forum, forum_post
from tests.places.web import Reply, Web
from tests.responders.commands.line import Workspace

PAGE = b'<html><meta name="generator" content="Discourse 3.5"></html>'
CRAWL = ("run", "--once", "--only", "crawl")


def test_a_category_alone_is_watched_with_the_replies_in_its_topics(
    groundswell: Workspace,
) -> None:
    forum = Forum([forum_post(1), forum_post(2, topic=2), forum_post(3, "Help me.", topic=2)])
    forum.scopes = {"/c/help/5": {2}}
    with Web(lambda a: forum(a) if ".json" in a.path else Reply(body=PAGE)) as web:
        added = groundswell("source", "add", web.url("/c/help/5/l/latest"), "--json")
        assert (added.json["kind"], added.json["url"]) == ("discourse", web.url("/c/help/5"))
        assert "Help me." in added.err
        assert groundswell(*CRAWL).code == 0
        forum.posts += [forum_post(4, topic=1), forum_post(5, "Me too.", topic=2)]
        assert groundswell(*CRAWL).code == 0
        heard = groundswell("post", "list", "--json").json
        checked = groundswell("source", "check", web.url("/c/help/5"), "--json")

    assert {post["remote_id"] for post in heard} == {"2", "3", "5"}
    assert {post["thread_url"] for post in heard} == {web.url("/t/topic-2/2")}
    assert (checked.code, checked.json["recognised_as"]) == (0, "discourse")
