"""Adapters train little, are merged without a trace, and can be kept in place of all weights."""

import copy
import pickle

import pytest
import torch

from sktext._pretrained import load_encoder
from sktext._pretrained._adapted_encoder import AdaptedEncoder
from sktext._pretrained._adapters import Adapters
from sktext._pretrained._source import find_source
from sktext.testing import make_tiny_encoder

FAMILIES = ("bert", "roberta", "distilbert", "deberta", "modernbert", "gpt2")
IDS = torch.tensor([[5, 6, 7, 8]])

pytest.importorskip("peft")


def states(encoder):
    with torch.no_grad():
        return encoder.eval()(IDS, IDS > 0)


def train(encoder, lora=True, n_steps=3):
    """Train adapters for some steps; return the states before they are merged."""
    adapters = Adapters(encoder, lora, seed=1)
    weights = [x for x in encoder.parameters() if x.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=0.05)
    for _ in range(n_steps):
        optimizer.zero_grad()
        encoder(IDS, IDS > 0).pow(3).sum().backward()
        optimizer.step()
    adapted = states(encoder)
    adapters.merge(encoder)
    return adapted, sum(x.numel() for x in weights)


@pytest.mark.parametrize("family", FAMILIES)
def test_merged_encoder_computes_what_the_adapted_one_did(family, tiny_encoder):
    encoder = load_encoder(tiny_encoder(family))
    names, before = [*encoder.state_dict()], states(encoder)
    generator = torch.get_rng_state()
    expected, n_trained = train(encoder)
    assert torch.equal(torch.get_rng_state(), generator)
    torch.testing.assert_close(states(encoder), expected, atol=1e-5, rtol=1e-5)
    assert not torch.allclose(expected, before)
    assert [*encoder.state_dict()] == names
    assert all(weights.requires_grad for weights in encoder.parameters())
    assert n_trained < sum(weights.numel() for weights in encoder.parameters()) / 2
    assert b"peft" not in pickle.dumps(encoder)


def test_adapters_start_without_effect(tiny_encoder):
    encoder = load_encoder(tiny_encoder())
    before = states(encoder)
    Adapters(encoder, 4, seed=0)
    torch.testing.assert_close(states(encoder), before)


def test_configuration_of_the_user_is_not_changed(tiny_encoder):
    peft = pytest.importorskip("peft")
    config = peft.LoraConfig(r=2, target_modules=["query"])
    before = config.to_dict()
    train(load_encoder(tiny_encoder()), config)
    assert config.to_dict() == before


@pytest.mark.parametrize("family", FAMILIES)
def test_pickle_of_adapters_is_small_and_loads_the_same(family, tmp_path):
    folder = make_tiny_encoder(tmp_path, family, hidden_size=32)
    encoder = AdaptedEncoder.of(load_encoder(folder), find_source(folder))
    train(encoder, 1)
    train(encoder, 1)
    stored = pickle.dumps(encoder)
    assert len(stored) < len(pickle.dumps(load_encoder(folder)))
    for twin in (pickle.loads(stored), copy.deepcopy(encoder)):
        assert torch.equal(states(twin), states(encoder))
        assert pickle.dumps(twin) is not None


def test_other_weights_in_the_folder_are_refused(tmp_path):
    folder = make_tiny_encoder(tmp_path)
    stored = pickle.dumps(AdaptedEncoder.of(load_encoder(folder), find_source(folder)))
    make_tiny_encoder(tmp_path, seed=1)
    with pytest.raises(ValueError, match="must have the weights that this classifier was fitted"):
        pickle.loads(stored)
