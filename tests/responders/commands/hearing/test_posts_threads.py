"""Where a post's thread stands, as far as a file says it: a person must find it to answer there."""

import json

from tests.responders.commands.line import Workspace


def test_who_posts_by_hand_is_led_to_a_thread_that_only_its_posts_have_addresses_of(
    groundswell: Workspace,
) -> None:
    said = {"text": "Sync hangs.", "ts": "2026-05-12T09:00:00Z", "thread": "t7"}
    lines = [
        said | {"id": "1", "url": "https://f.example/7/1"},
        said | {"id": "2", "url": "https://f.example/7/2"},
        said
        | {"id": "3", "thread": "t8", "thread_url": "https://f.example/8", "url": "https://x.y"},
        said | {"id": "4", "thread": "https://f.example/9", "url": "https://f.example/9/1"},
        said | {"id": "5", "thread": "t9", "thread_url": "javascript:alert(1)"},
    ]
    file = groundswell.write("posts.jsonl", "\n".join(map(json.dumps, lines)))
    groundswell("post", "import", file)
    groundswell("post", "import", file)

    found = {
        one["remote_id"]: one["thread_url"] for one in groundswell("post", "list", "--json").json
    }
    assert found == {
        "1": "https://f.example/7/1", "2": "https://f.example/7/1", "3": "https://f.example/8",
        "4": "https://f.example/9", "5": None,
    }  # fmt: skip
