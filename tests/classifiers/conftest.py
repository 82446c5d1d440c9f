"""The packaged model, loaded once for all tests that need real likeness."""

import pytest

from classifiers.embedders.sentence import Options, SentenceEmbedder, build


@pytest.fixture(scope="session")
def packaged() -> SentenceEmbedder:
    """The default embedder."""
    return build(Options())
