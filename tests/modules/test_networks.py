"""Every network keeps the promises of networks, and those of its own kind."""

import copy
import pickle

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from sktext.modules import (
    DilatedCNN,
    FastText,
    SeededDropout,
    SelfAttentionEncoder,
    TextCNN,
    TextRNN,
)
from sktext.modules._dropout import TokenDropout
from sktext.modules._pooling import POOLINGS
from sktext.modules._recurrent_layer import RecurrentLayer, run, run_packed
from sktext.testing import _modules as checks
from sktext.testing._modules import make_ids, make_stirred

RNN = {"embedding_dim": 8, "hidden_size": 6, "dropout": 0.2, "token_dropout": 0.1}
CNN = {"embedding_dim": 8, "n_filters": 6}
ENCODER = {"embedding_dim": 8, "n_heads": 2, "hidden_size": 12}


def maker(cls, **params):
    return lambda n_tokens, n_outputs, seed: cls(n_tokens, n_outputs, **params, seed=seed)


NETWORKS = {
    **{f"rnn-{pooling}": maker(TextRNN, pooling=pooling, **RNN) for pooling in POOLINGS},
    **{
        f"{cls.__name__}-{pooling}": maker(cls, pooling=pooling, **params)
        for cls, params in ((DilatedCNN, CNN), (SelfAttentionEncoder, ENCODER))
        for pooling in ("max", "mean", "attention")
    },
    **{
        f"two-way-{cell}": maker(
            TextRNN, cell=cell, n_layers=2, bidirectional=True, pooling="concat", **RNN
        )
        for cell in ("lstm", "gru")
    },
    "weight-dropped": maker(TextRNN, recurrent_dropout=0.3, n_layers=2, **RNN),
    "skipped": maker(
        TextRNN, bidirectional=True, pooling="last", skip=True, embedding_scale=5.0, **RNN
    ),
    "even-kernel": maker(DilatedCNN, kernel_size=2, n_layers=2, **CNN),
    "kim": maker(TextCNN, embedding_dim=8, n_filters=16),
    "keras": maker(
        TextCNN,
        embedding_dim=8,
        kernel_sizes=(3,),
        n_filters=25,
        hidden_size=25,
        dropout=0.2,
        embedding_dropout=0.2,
    ),
    "words": maker(FastText, embedding_dim=8, ngram_range=(1, 1)),
    "bigrams": maker(FastText, embedding_dim=8, n_buckets=500, dropout=0.2),
    "trigrams": maker(FastText, embedding_dim=8, n_buckets=500, ngram_range=(1, 3)),
}


@pytest.mark.parametrize("check", checks.CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", NETWORKS)
def test_network_passes(name, check):
    check(NETWORKS[name])


class Leaky(nn.Module):
    """A mean that counts the padding."""

    def __init__(self, n_tokens, n_outputs, seed):
        super().__init__()
        self.embedding = nn.Embedding(n_tokens, 4, padding_idx=0)
        self.head = nn.Linear(4, n_outputs)

    def forward(self, ids):
        return self.head(self.embedding(ids).mean(dim=1))


def test_checks_find_a_network_that_sees_padding():
    with pytest.raises(AssertionError, match="not close"):
        checks.check_padding_does_not_change_the_answer(Leaky)


def test_checks_find_draws_from_the_global_generator():
    with pytest.raises(AssertionError):
        checks.check_global_generator_is_left_alone(Leaky)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(
    name=st.sampled_from(list(NETWORKS)),
    lengths=st.lists(st.integers(0, 30), min_size=1, max_size=5),
    more=st.integers(1, 40),
)
def test_any_padding_gives_the_same_answer(name, lengths, more):
    ids = F.pad(make_ids((*lengths, 1))[:-1], (0, 1))
    network = make_stirred(NETWORKS[name], torch.float64).eval()
    torch.testing.assert_close(network(F.pad(ids, (0, more))), network(ids), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", NETWORKS)
def test_empty_text_gets_what_a_zero_vector_gets(name):
    network = make_stirred(NETWORKS[name]).eval()
    pooled = torch.zeros(1, network.head.in_features)
    if name == "keras":
        pooled = torch.relu(network.hidden(torch.zeros(1, 25)))
    for length in (0, 1, 4):
        logits = network(torch.zeros(1, length, dtype=torch.int64))
        torch.testing.assert_close(logits, network.head(pooled))


# Recurrent networks


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_two_directions_equal_those_of_torch_on_packed_texts(cell, packed, monkeypatch):
    layer = RecurrentLayer(cell, 5, 4, True, 0.0, torch.Generator().manual_seed(0))
    oracle = {"lstm": nn.LSTM, "gru": nn.GRU}[cell](5, 4, batch_first=True, bidirectional=True)
    oracle.load_state_dict(
        {
            name + suffix: weight
            for cells, suffix in zip(layer.directions, ("", "_reverse"), strict=True)
            for name, weight in cells.state_dict().items()
        }
    )
    lengths = torch.tensor([3, 7, 1, 7, 5])
    x = torch.randn(5, 7, 5, generator=torch.Generator().manual_seed(0))
    if packed:  # as on CUDA
        monkeypatch.setattr(
            RecurrentLayer,
            "_run",
            lambda self, i, x, lengths: run_packed(self.directions[i], {}, x, lengths),
        )
    sequences = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    expected, _ = pad_packed_sequence(oracle(sequences)[0], batch_first=True)
    mask = torch.arange(7) < lengths[:, None]
    torch.testing.assert_close(layer(x, lengths)[mask], expected[mask])


def test_last_of_two_directions_is_the_final_state_of_each():
    network = TextRNN(30, 2, cell="gru", bidirectional=True, pooling="last", **RNN).eval()
    ids = make_ids((5, 8, 2))
    states, mask = network._states(ids)
    pooled = network.pooling(states, mask)
    for row, length in enumerate((5, 8, 2)):
        x = network.embedding(ids[row : row + 1, :length])
        finals = [
            network.layers[0].directions[0](x)[1][0, 0],
            network.layers[0].directions[1](x.flip(1))[1][0, 0],
        ]
        torch.testing.assert_close(pooled[row], torch.cat(finals))


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_recurrent_dropout_runs_the_cells_with_fewer_weights(cell):
    layer = RecurrentLayer(cell, 5, 4, False, 0.5, torch.Generator().manual_seed(0))
    x = torch.randn(3, 6, 5, generator=torch.Generator().manual_seed(0))
    lengths = torch.tensor([6, 6, 6])
    states = layer(x, lengths)
    cells, dropout = layer.directions[0], layer.weight_dropouts[0]
    dropped = SeededDropout(0.5, dropout.seed)(cells.weight_hh_l0)
    assert (dropped == 0).any()
    undropped = run(cells, {}, x)[0]
    assert not torch.allclose(states, undropped)
    torch.testing.assert_close(layer.eval()(x, lengths), undropped)
    states.sum().backward()
    assert (cells.weight_hh_l0.grad[dropped == 0] == 0).all()
    assert (cells.weight_hh_l0.grad[dropped != 0] != 0).any()
    with torch.no_grad():
        cells.weight_hh_l0.copy_(dropped)
    torch.testing.assert_close(states, cells(x)[0])


def test_recurrent_dropout_draws_for_each_layer_and_direction():
    network = TextRNN(30, 2, n_layers=2, bidirectional=True, recurrent_dropout=0.5, **RNN)
    seeds = [part.seed for part in network.modules() if isinstance(part, SeededDropout)]
    assert len(seeds) == len(set(seeds)) == 2 * 2 + 2 + 1 + 1


def test_lstm_starts_with_an_open_forget_gate():
    cells = TextRNN(30, 2, **RNN).layers[0].directions[0]
    forget = (cells.bias_ih_l0 + cells.bias_hh_l0)[6:12]
    assert (forget == 1).all()


def test_unknown_cell_and_pooling_are_refused():
    with pytest.raises(ValueError, match=r"cell must be one of lstm, gru; got 'rnn'"):
        TextRNN(30, 2, cell="rnn")
    with pytest.raises(ValueError, match=r"pooling must be one of last, max.*; got 'median'"):
        TextRNN(30, 2, pooling="median")


# Dropout


def test_shared_dropout_has_one_mask_for_all_positions():
    out = SeededDropout(0.5, seed=0, shared_dim=1)(torch.ones(4, 9, 6))
    assert torch.equal(out, out[:, :1].expand(-1, 9, -1))
    assert set(out.unique().tolist()) == {0.0, 2.0}
    assert not torch.equal(out[0], out[1])


def test_token_dropout_makes_tokens_unknown_and_leaves_padding():
    ids = torch.tensor([[5] * 600 + [0] * 400])
    dropout = TokenDropout(0.3, seed=0)
    read = dropout(ids)
    assert set(read[0, :600].tolist()) == {1, 5}
    assert 0.2 < (read[0, :600] == 1).float().mean() < 0.4
    assert (read[0, 600:] == 0).all()
    assert not torch.equal(read, dropout(ids))
    assert torch.equal(dropout.eval()(ids), ids)


def test_token_dropout_trains_the_vector_of_unknown_tokens():
    for share, trained in ((0.0, False), (0.5, True)):
        network = make_stirred(maker(TextRNN, **RNN | {"token_dropout": share}))
        checks.train_a_step(network, make_ids())
        assert (network.embedding.weight.grad[1].abs().max() > 0) == trained


# Attention


@pytest.mark.parametrize("pooling", ["attention", "label_attention"])
@pytest.mark.parametrize(
    ("cls", "params"), [(TextRNN, RNN), (DilatedCNN, CNN), (SelfAttentionEncoder, ENCODER)]
)
def test_attention_sums_to_one_and_is_zero_on_padding(cls, params, pooling):
    network = make_stirred(maker(cls, pooling=pooling, **params)).eval()
    ids = make_ids()
    weights = network.attention(ids)
    shape = tuple(ids.shape) if pooling == "attention" else (len(ids), 3, ids.shape[1])
    assert weights.shape == shape
    weights = weights.reshape(len(ids), -1, ids.shape[1])
    assert (weights.transpose(1, 2)[ids == 0] == 0).all()
    assert (weights.transpose(1, 2)[ids != 0] > 0).all()
    not_empty = (ids != 0).any(dim=1)[:, None].expand(weights.shape[:2]).float()
    torch.testing.assert_close(weights.sum(dim=2), not_empty)


def test_label_attention_has_weights_for_each_label():
    network = make_stirred(maker(TextRNN, pooling="label_attention", **RNN)).eval()
    ids = make_ids((9, 5))
    weights, logits = network.attention(ids), network(ids)
    assert not torch.allclose(weights[:, 0], weights[:, 1])
    with torch.no_grad():  # what one label looks for does not concern the others
        network.pooling.scorer.queries.weight[0] += 1
        network.head.weight[0] += 1
    assert torch.equal(network(ids)[:, 1:], logits[:, 1:])
    assert not torch.allclose(network(ids)[:, 0], logits[:, 0])


def test_attention_of_another_pooling_is_refused():
    with pytest.raises(AttributeError, match="pooling='max' does not weigh positions"):
        TextRNN(30, 2, pooling="max", **RNN).attention(make_ids())


# Convolutions


def test_kim_cnn_equals_a_loop_over_texts():
    network = make_stirred(NETWORKS["kim"]).eval()
    ids = make_ids()
    for row, length in enumerate(checks.LENGTHS):
        if length == 0:
            continue
        strongest = []
        for filters in network.filters:
            size = filters.kernel_size[0]
            tokens = F.pad(ids[row, :length], (0, max(size - length, 0)))
            x = network.embedding.weight[tokens].T[None]
            answers = torch.relu(F.conv1d(x, filters.weight, filters.bias))
            strongest.append(answers.max(dim=2).values)
        expected = network.head(torch.cat(strongest, dim=1))
        torch.testing.assert_close(network(ids[row : row + 1]), expected)


def test_dilated_cnn_reaches_as_far_as_said():
    network = make_stirred(maker(DilatedCNN, n_layers=3, **CNN)).eval()
    ids = make_ids((40,))
    changed = ids.clone()
    changed[0, 20] = 2 if ids[0, 20] != 2 else 3
    states, others = (network._states(x)[0][0] for x in (ids, changed))
    moved = (states != others).any(dim=1).nonzero()[:, 0]
    assert (moved.min(), moved.max()) == (20 - 7, 20 + 7)


# FastText


def test_fast_text_without_ngrams_is_the_mean_of_the_words():
    network = make_stirred(NETWORKS["words"]).eval()
    assert network.embedding.weight.shape[0] == checks.N_TOKENS
    ids = make_ids((4, 7, 1))
    for row, length in enumerate((4, 7, 1)):
        mean = network.embedding.weight[ids[row, :length].unique()].mean(dim=0)
        torch.testing.assert_close(network(ids)[row], network.head(mean[None])[0])


@pytest.mark.parametrize("ngram_range", [(1, 1), (1, 2), (2, 3)])
def test_fast_text_counts_an_ngram_once_unless_told_otherwise(ngram_range):
    sets = {"ngram_range": ngram_range, "n_buckets": 1000}
    networks = [FastText(30, 2, **sets, binary=binary).eval() for binary in (True, False)]
    repeated = torch.tensor([[5, 6, 5, 6, 5, 6, 0], [7, 0, 0, 0, 0, 0, 0]])
    rows, valid = networks[0].rows_of_ngrams(repeated)
    mean = networks[0].embedding.weight[rows[0][valid[0]].unique()].mean(dim=0)
    with torch.no_grad():
        for network in networks:
            network.head.weight.normal_(generator=torch.Generator().manual_seed(0))
    once, often = (network(repeated) for network in networks)
    torch.testing.assert_close(once[0], networks[0].head(mean[None])[0])
    assert (once[0] - often[0]).abs().max() > 1e-4 or ngram_range == (1, 1)
    torch.testing.assert_close(once[1], often[1])


@pytest.mark.parametrize(("ngram_range", "expected"), [((1, 2), 9), ((1, 3), 12), ((2, 3), 7)])
def test_fast_text_counts_the_ngrams_without_padding(ngram_range, expected):
    network = FastText(30, 2, ngram_range=ngram_range, n_buckets=100)
    rows, valid = network.rows_of_ngrams(make_ids((5, 9)))
    assert valid[0].sum() == expected
    assert (rows[valid] < 130).all()
    assert ((rows[valid] >= 30).sum(), (rows[valid] < 2).sum()) >= (1, 0)


def test_fast_text_tells_the_order_of_words_and_spreads_the_ngrams():
    network = FastText(2000, 2, ngram_range=(2, 2), n_buckets=10_000)
    first, second = torch.cartesian_prod(torch.arange(2, 202), torch.arange(2, 202)).T
    there = network.rows_of_ngrams(torch.stack([first, second], dim=1))[0]
    back = network.rows_of_ngrams(torch.stack([second, first], dim=1))[0]
    assert (there == back).float().mean() < 0.01
    counts = torch.bincount(there[:, 0] - 2000, minlength=10_000).float()
    # 40,000 pairs thrown on 10,000 buckets by chance: mean and variance are both 4.
    assert 3.7 < counts.var() < 4.3


def test_fast_text_gradient_is_sparse_where_asked_for():
    network = make_stirred(NETWORKS["bigrams"])
    checks.train_a_step(network, make_ids())
    dense = network.embedding.weight.grad
    network = make_stirred(NETWORKS["bigrams"])
    network.sparse_gradient = True
    checks.train_a_step(network, make_ids())
    assert network.embedding.weight.grad.is_sparse
    torch.testing.assert_close(network.embedding.weight.grad.to_dense(), dense)


@pytest.mark.parametrize(
    "params", [{"ngram_range": (2, 1)}, {"ngram_range": (0, 1)}, {"ngram_range": (2, 2)}]
)
def test_fast_text_refuses_ngrams_that_cannot_be(params):
    with pytest.raises(ValueError, match="ngram_range must be"):
        FastText(30, 2, n_buckets=0, **params)


# Self-attention


def test_self_attention_tells_the_order_of_words():
    network = make_stirred(NETWORKS["SelfAttentionEncoder-mean"]).eval()
    logits = network(torch.tensor([[2, 3, 4], [4, 3, 2]]))
    assert not torch.allclose(logits[0], logits[1])


def test_heads_that_do_not_divide_the_vectors_are_refused():
    with pytest.raises(ValueError, match="embedding_dim must be a multiple of n_heads"):
        SelfAttentionEncoder(30, 2, embedding_dim=10, n_heads=4)


# Files

WIDE = {
    "bigrams": {"cls": FastText, "embedding_dim": 8, "n_buckets": 100_000},
    "trigrams": {"cls": FastText, "n_buckets": 100_000, "ngram_range": (1, 3)},
    "pairs": {"cls": TextCNN, "n_buckets": 100_000, **CNN},
}


@pytest.mark.parametrize("name", ["bigrams", "trigrams", "pairs"])
def test_file_holds_only_the_hashed_vectors_that_were_trained(name):
    network = maker(**WIDE[name])(checks.N_TOKENS, 2, 0)
    file = pickle.dumps(network)
    assert len(file) < 20_000 < network.embedding.weight.numel() * 4
    checks.train_a_step(network, make_ids())
    network.embedding.weight.requires_grad_(False)
    twin = pickle.loads(pickle.dumps(network))
    assert torch.equal(twin.embedding.weight, network.embedding.weight)
    assert not twin.embedding.weight.requires_grad
    assert torch.equal(copy.deepcopy(network).embedding.weight, network.embedding.weight)
