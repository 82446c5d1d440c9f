import json
from collections.abc import Iterator
from urllib.request import Request, urlopen

import pytest

from config.errors import GroundswellError
from responders.demo.hosting import Places
from responders.demo.script import DAY_START, Place, read_script
from responders.demo.showing import thread_path
from responders.demo.taking import API_KEY, USERNAME
from responders.demo.visiting import shown, stands, write

TEXT = "Thanks for telling us. We know:\nhttp://127.0.0.1:8080/incidents/gs-1\n\nAna & all <here>."


@pytest.fixture(scope="module")
def places() -> Iterator[Places]:
    with Places(clock="2026-05-12T07:00:00Z") as opened:
        yield opened


def _thread(places: Places, place: Place) -> str:
    post = read_script().of(place, until=DAY_START)[-1]
    return f"http://127.0.0.1:{places.ports[place]}{thread_path(post)}"


@pytest.mark.parametrize("place", ["blog", "gripes"])
def test_a_person_posts_by_the_form_and_finds_the_text_where_it_was_said_to_be(
    places: Places, place: Place
) -> None:
    thread = _thread(places, place)
    before = shown(thread)
    assert stands(TEXT, thread) is None
    there = write(thread, TEXT)
    after = shown(thread)
    assert after[:-1] == before
    assert (after[-1].author, after[-1].text) == (USERNAME, " ".join(TEXT.split()))
    found = stands(TEXT, thread)
    assert found is not None
    assert found.partition("#")[2] == there.partition("#")[2]


def test_the_community_has_no_form_and_shows_what_came_by_its_interface(places: Places) -> None:
    thread = _thread(places, "community")
    with pytest.raises(GroundswellError, match="no form"):
        write(thread, TEXT)
    body = json.dumps({"topic_id": int(thread.rpartition("/")[2]), "raw": TEXT}).encode()
    headers = {"Content-Type": "application/json", "Api-Key": API_KEY, "Api-Username": USERNAME}
    base = f"http://127.0.0.1:{places.ports['community']}"
    with urlopen(Request(f"{base}/posts.json", body, headers)) as answer:
        assert answer.status == 200
    assert stands(TEXT, thread) is not None


def test_a_page_that_is_not_there_and_a_place_that_does_not_answer_are_said(places: Places) -> None:
    base = f"http://127.0.0.1:{places.ports['blog']}"
    with pytest.raises(GroundswellError, match="no page at"):
        shown(f"{base}/2026/05/nothing/")
    with pytest.raises(GroundswellError, match="did not take the text"):
        write(_thread(places, "blog"), " ")
    with pytest.raises(GroundswellError, match="does not answer"):
        shown("http://127.0.0.1:1/")
