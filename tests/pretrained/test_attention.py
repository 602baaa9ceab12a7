"""Weights of pieces in pooling by attention, with their places in the text."""

import numpy as np
import pytest
import torch

from sktext import TransformerClassifier
from sktext.modules import TransformerNetwork

FAMILIES = ("bert", "roberta", "modernbert", "gpt2")
TEXTS = ["My refund is late [SEP]", "", "the parcel", "a payment is not a refund", "late"] * 5
LABELS = ["money", "parcel", "parcel", "money", "late"] * 5
LONG = " ".join(["My refund is not late the parcel"] * 9)
WINDOWS = [{}, {"long_texts": "windows", "window": 9, "stride": 4}]


def make(model, **params):
    return TransformerClassifier(model, lr=0.01, max_epochs=2, random_state=0, **params)


@pytest.mark.parametrize("windows", WINDOWS)
@pytest.mark.parametrize("family", FAMILIES)
def test_each_piece_has_a_weight_whatever_its_neighbours(family, windows, tiny_encoder):
    clf = make(tiny_encoder(family), pooling="attention", **windows).fit(TEXTS, LABELS)
    texts = [*TEXTS[:5], LONG]
    found, n_special = clf.attention(texts), clf.tokenizer_.pieces_.n_special
    for text, tokens, weights in zip(texts, clf.tokenize(texts), found, strict=True):
        assert weights.shape == (len(tokens),)
        assert (weights > 0).all()
        np.testing.assert_allclose(clf.attention([text])[0], weights, atol=1e-6)
        if tokens and not n_special:
            assert weights.sum() == pytest.approx(1, abs=1e-5)
        assert weights.sum() < 1 + 1e-5


@pytest.mark.parametrize("params", WINDOWS)
def test_weights_are_those_of_the_pooled_states(params, tiny_encoder):
    clf = make(tiny_encoder(), pooling="label_attention", **params).fit(TEXTS, LABELS)
    module, features = clf.net_.module_.eval(), clf._make_features()
    (ids,) = features.transform([LONG])
    with torch.no_grad():
        states, mask = module.encode(torch.from_numpy(ids)[None].long())
        weights = module.pooling.scorer(states, mask)[0].numpy()  # (n_labels, n_states)
    size = 7 if params else len(ids)
    stride = 4 if params else len(ids)
    expected, state = np.zeros((3, len(ids))), 0
    for start in range(0, max(len(ids) - size, 0) + stride, stride):
        n_read = len(ids[start : start + size])
        expected[:, start : start + n_read] += weights[:, state + 1 : state + 1 + n_read]
        state += n_read + 2
    assert state == weights.shape[1]
    np.testing.assert_allclose(clf.attention([LONG])[0], expected, atol=1e-6)


@pytest.mark.parametrize("truncating", ["right", "left", "middle"])
def test_offsets_are_where_the_pieces_lie_in_the_text(truncating, tiny_encoder):
    clf = make(tiny_encoder(), pooling="attention", truncating=truncating, max_length=8)
    clf.fit([text for text in TEXTS if len(text.split()) < 4], [0, 1, 0] * 5)
    texts = ["My  refund\u00a0is late, \ud800 the parcel", "", LONG]
    for text, tokens, places in zip(
        texts, clf.tokenize(texts), clf.token_offsets(texts), strict=True
    ):
        known = [
            (token.removeprefix("##"), text[start:stop].lower())
            for token, (start, stop) in zip(tokens, places, strict=True)
            if token != "[UNK]"
        ]
        assert all(token == found for token, found in known)


def test_attention_is_there_for_poolings_that_learn_weights_alone(tiny_encoder):
    clf = make(tiny_encoder(), pooling="mean")
    for some in (clf, clf.fit(TEXTS, LABELS)):
        assert not hasattr(some, "attention")
        with pytest.raises(AttributeError) as error:
            some.attention(TEXTS)
        assert "fit with pooling='attention'" in str(error.value.__cause__)
    network = TransformerNetwork.from_pretrained(tiny_encoder(), 2, "max")
    with pytest.raises(AttributeError, match="pooling='max' does not weigh positions"):
        network.attention(torch.tensor([[5, 6]]))
