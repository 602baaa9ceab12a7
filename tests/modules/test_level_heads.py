"""An output layer for each level: the labels in order, each level by itself or chained."""

import numpy as np
import pytest
import torch

from sktext import ModuleClassifier
from sktext.losses import HierarchicalLoss
from sktext.meta import HierarchicalClassifier
from sktext.modules import LevelHeads
from sktext.preprocessing import Hierarchy

HIERARCHY = Hierarchy({"b:x": "b", "a": None, "a:y": "a", "b": None})


def filled(heads, seed=0):
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for value in heads.parameters():
            value.copy_(torch.randn(value.shape, generator=generator))
    return heads


def test_heads_of_levels_are_one_layer_in_the_order_of_the_labels():
    heads, pooled = filled(LevelHeads(5, HIERARCHY)), torch.randn(3, 5)
    expected = pooled @ heads.weight.T + heads.bias
    torch.testing.assert_close(heads(pooled), expected)
    torch.testing.assert_close(heads.levels[0](pooled), (expected - heads.bias)[:, [1, 3]])


def test_chained_level_sees_the_logits_of_the_level_above():
    heads, pooled = filled(LevelHeads(5, HIERARCHY, chained=True)), torch.randn(3, 5)
    logits = heads(pooled)
    seen = torch.cat([pooled, logits[:, [1, 3]]], dim=1)
    expected = heads.levels[1](seen) + heads.bias[[0, 2]]
    torch.testing.assert_close(logits[:, [0, 2]], expected)
    assert heads.weight.shape == (4, 5)


def test_heads_start_at_the_bias_alone():
    heads = LevelHeads(5, HIERARCHY, chained=True)
    assert (heads(torch.randn(3, 5)) == 0).all()


def test_another_thing_than_a_hierarchy_is_refused():
    with pytest.raises(TypeError, match="must be a Hierarchy; got dict"):
        LevelHeads(5, {"a": None})


class Bag(torch.nn.Module):
    """The mean of word vectors, then an output layer for each level."""

    def __init__(self, n_tokens, n_outputs, hierarchy=None, embedding_dim=16):
        super().__init__()
        self.embedding = torch.nn.EmbeddingBag(n_tokens, embedding_dim, padding_idx=0)
        self.head = LevelHeads(embedding_dim, hierarchy, chained=True)
        assert len(hierarchy) == n_outputs

    def forward(self, ids):
        return self.head(self.embedding(ids))


def test_heads_of_levels_are_the_head_of_a_classifier():
    words = {"b:x": "oak elm", "a": "one two", "a:y": "cat dog", "b": "red blue"}
    rng = np.random.RandomState(0)
    labels = rng.choice(list(words), 160)
    texts = [" ".join(rng.choice(words[label].split(), 3)) for label in labels]
    loss = HierarchicalLoss("mcm", HIERARCHY, recursive=1e-4)
    clf = ModuleClassifier(
        Bag, {"hierarchy": HIERARCHY}, loss=loss, lr=0.05, max_epochs=15, random_state=0
    )
    clf = HierarchicalClassifier(clf, parents=HIERARCHY).fit(texts, labels)
    assert clf.score(texts, labels) > 0.95
    assert clf.estimator_.net_.module_.head.bias.detach().numpy().std() > 0
