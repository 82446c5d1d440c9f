import pytest

from responders.demo.day import number_of


@pytest.mark.parametrize(
    ("remote_id", "number"),
    [
        ("523", 523),
        ("https://blog.fernsync.example/?p=134#comment-211", 211),
        ("https://thesyncbench.example/viewtopic.php?t=184&p=270#p270", 270),
        ("", 0),
        ("about", 0),
    ],
)
def test_an_id_of_every_place_gives_the_posts_number(remote_id: str, number: int) -> None:
    assert number_of(remote_id) == number
