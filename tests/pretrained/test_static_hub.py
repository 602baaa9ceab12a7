"""Static models by their names on the hub, downloaded earlier, without a network."""

import numpy as np
import pytest
from static_models import (
    TEXTS,
    in_cache,
    model2vec,
    sentence_transformers,
)

from sktext import FastTextClassifier
from sktext.features import PretrainedTokenizer, StaticEncoder
from sktext.modules import EmbeddingInit

constants = pytest.importorskip("huggingface_hub.constants")
LAYOUTS = {"model2vec": model2vec, "sentence-transformers": sentence_transformers}


def at_the_root(folder):
    """Write the table beside modules.json, which names the folder itself, as potion models do."""
    model2vec(folder)
    kind = "sentence_transformers.models.StaticEmbedding"
    (folder / "modules.json").write_text(f'[{{"path": ".", "type": "{kind}"}}]')


LAYOUTS["at the root"] = at_the_root


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("layout", LAYOUTS)
def test_name_is_the_model_downloaded_earlier(layout, cache):
    folder = in_cache(cache, "some/static-2.5M", LAYOUTS[layout])
    encoder = StaticEncoder("some/static-2.5M", local_files_only=True).fit(TEXTS)
    same = StaticEncoder(folder).fit(TEXTS)
    np.testing.assert_array_equal(encoder.transform(TEXTS), same.transform(TEXTS))
    assert encoder.normalize_ == same.normalize_


def test_revision_is_the_one_that_was_asked_for(cache):
    in_cache(cache, "some/static", model2vec, commit="1" * 40)
    assert StaticEncoder("some/static", revision="main").fit(TEXTS).coverage_ > 0
    assert StaticEncoder("some/static", revision="1" * 40).fit(TEXTS).coverage_ > 0
    with pytest.raises(OSError, match="vectors='some/static' was not found"):
        StaticEncoder("some/static", revision="2" * 40).fit(TEXTS)


def test_network_starts_from_a_name(cache):
    folder = in_cache(cache, "some/static", sentence_transformers)
    model2vec(folder)  # the tokenizer is beside the others, where tokenizers are looked for
    clf = FastTextClassifier(
        tokenizer=PretrainedTokenizer("some/static"),
        embedding_init=EmbeddingInit("some/static"),
        max_epochs=1,
        random_state=0,
    )
    clf.fit(TEXTS, [0, 1, 0, 1, 0, 1, 0])
    assert clf.embedding_init_.coverage_ == 1


READERS = {
    "encoder": lambda name: StaticEncoder(name).fit(TEXTS),
    "start": lambda name: EmbeddingInit(name).build({"a": 2}),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nobody/nothing", r"vectors='nobody/nothing' was not found: there is no folder.*network"),
        ("nobody/nothing.txt", r"there is none at 'nobody/nothing.txt'"),
        ("nothing", r"there is none at 'nothing'"),
        ("./nobody/nothing", r"there is none at 'nobody/nothing'"),
    ],
)
def test_what_is_nowhere_is_named(reader, name, message, cache):
    with pytest.raises(OSError, match=message):
        READERS[reader](name)


@pytest.mark.parametrize("name", ["modules.json", "config.json"])
def test_damaged_settings_are_named(name, tmp_path):
    model2vec(tmp_path)
    (tmp_path / name).write_text("{")
    with pytest.raises(ValueError, match=rf"{name}' must be a file of JSON"):
        StaticEncoder(tmp_path).fit(TEXTS)
