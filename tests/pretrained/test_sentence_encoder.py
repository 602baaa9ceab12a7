"""Vectors of sentences are those that the folder asks for, and each text is encoded once."""

import json
import pickle

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, make_pipeline

from sktext import TfidfTorchClassifier, TorchClassifier
from sktext.exceptions import TruncationWarning
from sktext.features import FastTfidfVectorizer, SentenceEncoder, _encoding
from sktext.model_selection import LossSearchCV
from sktext.testing import make_tiny_encoder

transformers = pytest.importorskip("transformers")
FAMILIES = ("bert", "roberta", "distilbert", "deberta", "modernbert", "gpt2")
TEXTS = ["my refund is late", "parcel", "", "not the invoice", "a late late payment is not my"]


def states_by_hand(folder, text):
    """The states of a text and its special tokens, by transformers alone."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModel.from_pretrained(folder).eval()
    read = tokenizer(text, return_tensors="pt")
    with torch.no_grad():
        found = model(input_ids=read["input_ids"], attention_mask=read["attention_mask"])
    return found.last_hidden_state[0].numpy()


def as_sentence_model(folder, *, pooling, normalize=False, **config):
    """Write the small files of sentence-transformers beside a model."""
    modules = [("Transformer", ""), ("Pooling", "1_Pooling")]
    modules += [("Normalize", "2_Normalize")] if normalize else []
    described = [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (kind, path) in enumerate(modules)
    ]
    (folder / "1_Pooling").mkdir(exist_ok=True)
    for name, content in {
        "modules.json": described,
        "1_Pooling/config.json": pooling,
        "config_sentence_transformers.json": config,
    }.items():
        (folder / name).write_text(json.dumps(content))


def counted(monkeypatch):
    """List that gets the number of texts of each call of an encoder."""
    calls, encode = [], _encoding.encode_batches

    def count(network, pieces, rows, *args):
        calls.append(len(rows))
        return encode(network, pieces, rows, *args)

    monkeypatch.setattr("sktext.features._sentence_encoder.encode_batches", count)
    return calls


@pytest.mark.parametrize("family", FAMILIES)
def test_vectors_are_the_mean_of_the_states(family, tiny_encoder):
    folder = tiny_encoder(family)
    vectors = SentenceEncoder(folder).fit_transform(TEXTS)
    assert vectors.dtype == np.float32
    for text, vector in zip(TEXTS, vectors, strict=True):
        if text:
            expected = states_by_hand(folder, text).mean(axis=0)
            np.testing.assert_allclose(vector, expected, atol=1e-5)


@pytest.mark.parametrize(
    ("mode", "pooled"),
    [
        ("pooling_mode_cls_token", lambda states: states[0]),
        ("pooling_mode_max_tokens", lambda states: states.max(axis=0)),
        ("pooling_mode_lasttoken", lambda states: states[-1]),
        (
            "pooling_mode_mean_sqrt_len_tokens",
            lambda states: states.sum(axis=0) / len(states) ** 0.5,
        ),
    ],
)
@pytest.mark.parametrize("normalize", [False, True])
def test_folder_says_how_states_are_pooled(mode, pooled, normalize, tmp_path):
    folder = make_tiny_encoder(tmp_path)
    as_sentence_model(tmp_path, pooling={mode: True}, normalize=normalize)
    vector = SentenceEncoder(folder).fit_transform(["my refund is late"])[0]
    expected = pooled(states_by_hand(folder, "my refund is late"))
    expected = expected / np.linalg.norm(expected) if normalize else expected
    np.testing.assert_allclose(vector, expected, atol=1e-5)


def test_prompts_are_written_before_each_text(tmp_path):
    folder = make_tiny_encoder(tmp_path)
    prompts = {"query": "find a ", "other": "read "}
    as_sentence_model(
        tmp_path,
        pooling={"pooling_mode_mean_tokens": True},
        prompts=prompts,
        default_prompt_name="query",
    )
    plain = SentenceEncoder(folder, prompt=None).fit(TEXTS)
    for prompt, start in {"auto": "find a ", "other": "read ", "so: ": "so: "}.items():
        encoder = SentenceEncoder(folder, prompt=prompt).fit(TEXTS)
        np.testing.assert_allclose(
            encoder.transform(["refund"]), plain.transform([start + "refund"]), atol=1e-6
        )


def test_a_text_alone_has_the_vector_that_it_has_among_others(tiny_encoder):
    encoder = SentenceEncoder(tiny_encoder()).fit(TEXTS)
    together = encoder.transform(TEXTS * 3)
    alone = np.concatenate([encoder.transform([text]) for text in TEXTS])
    np.testing.assert_allclose(together, np.tile(alone, (3, 1)), atol=1e-6)


def test_long_texts_are_counted_and_said(tiny_encoder):
    with pytest.warns(TruncationWarning, match="truncated"):
        encoder = SentenceEncoder(tiny_encoder()).fit(["late " * 100, "late"])
    assert encoder.n_truncated_ == 1


def test_pickle_needs_no_folder(tmp_path):
    encoder = SentenceEncoder(make_tiny_encoder(tmp_path)).fit(TEXTS)
    stored, expected = pickle.dumps(encoder), encoder.transform(TEXTS)
    for file in tmp_path.iterdir():
        file.unlink()
    np.testing.assert_array_equal(pickle.loads(stored).transform(TEXTS), expected)


def test_it_is_a_step_like_others(tiny_encoder, binary):
    texts, y = binary
    folder = tiny_encoder(n_positions=256)
    union = FeatureUnion([("words", FastTfidfVectorizer()), ("meaning", SentenceEncoder(folder))])
    assert make_pipeline(union, LogisticRegression()).fit(texts, y).score(texts, y) > 0.5
    frame = pd.DataFrame({"text": texts, "length": [len(text) for text in texts]})
    columns = ColumnTransformer(
        [("text", SentenceEncoder(folder), "text")], remainder="passthrough"
    )
    assert columns.fit_transform(frame).shape == (len(texts), 17)
    named = SentenceEncoder(folder).set_output(transform="pandas").fit(texts)
    assert list(named.transform(texts[:2]).columns) == list(named.get_feature_names_out())
    clf = TfidfTorchClassifier(vectorizer=SentenceEncoder(folder), random_state=0)
    assert clf.fit(texts, y).predict_proba(texts).shape == (len(texts), 2)


@pytest.mark.parametrize("where", ["folder", "memory"])
def test_a_search_encodes_each_text_once(where, tiny_encoder, tmp_path, binary, monkeypatch):
    texts, y = binary
    calls = counted(monkeypatch)
    cache = tmp_path if where == "folder" else True
    encoder = SentenceEncoder(tiny_encoder(n_positions=256, seed=len(where)), cache=cache)
    losses = ["cross_entropy", "focal", "margin_ce", "hinge", "dice", "logit_adjustment"]
    model = make_pipeline(encoder, TorchClassifier(max_epochs=1, random_state=0))
    GridSearchCV(model, {"torchclassifier__loss": losses}, cv=2).fit(texts, y)
    assert sum(calls) == len(set(texts))
    clf = TfidfTorchClassifier(vectorizer=clone(encoder), max_epochs=1, random_state=0)
    LossSearchCV(clf, {"loss": losses}, cv=2).fit(texts, y)
    assert sum(calls) == len(set(texts))


def test_vectors_of_another_model_are_not_taken(tiny_encoder, tmp_path):
    first, other = (tiny_encoder(seed=seed) for seed in (1, 2))
    for folder in (first, other):
        for pooling in ("mean", "cls"):
            kept = SentenceEncoder(folder, pooling=pooling, cache=tmp_path).fit_transform(TEXTS)
            fresh = SentenceEncoder(folder, pooling=pooling).fit_transform(TEXTS)
            np.testing.assert_array_equal(kept, fresh)


def test_flipped_bits_of_a_cache_are_found(tiny_encoder, tmp_path):
    encoder = SentenceEncoder(tiny_encoder(), cache=tmp_path)
    expected = encoder.fit_transform(TEXTS)
    (file,) = [path for path in tmp_path.iterdir() if path.stat().st_size > 4096]
    content = bytearray(file.read_bytes())
    place = content.find(expected[0].tobytes()[:16])
    assert place > 0
    content[place] ^= 1
    file.write_bytes(content)
    np.testing.assert_allclose(clone(encoder).fit_transform(TEXTS), expected, atol=1e-6)


@pytest.mark.slow
def test_real_vectors_know_what_texts_mean(minilm):
    texts = ["Where is my parcel?", "My package has not arrived.", "The stock market fell."]
    vectors = SentenceEncoder(minilm).fit_transform(texts)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    similar = vectors @ vectors.T
    assert similar[0, 1] > 0.5 > 0.2 > abs(similar[0, 2])
