"""Checks that every network of token ids must pass, one property each."""

import copy
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import torch
import torch.nn.functional as F
from torch.nn import Module

N_TOKENS = 30
N_OUTPUTS = 3
LENGTHS = (7, 1, 0, 12, 2, 9)
N_STEPS = 100
TOLERANCES = {torch.float32: 1e-5, torch.float64: 1e-12}


def check_module(module_factory: Callable[[int, int, int], Module]) -> None:
    """Check that a network of token ids has every property that the classifiers rely on.

    Use it in the tests of your own network; every network of sequences of the package
    passes it. It does not say whether the network is any good: compare it on texts for
    that.

    Parameters
    ----------
    module_factory : callable
        Called as ``module_factory(n_tokens, n_outputs, seed)``, it makes a network that
        maps ids of shape (n_samples, length), padded on the right with 0, to logits of
        shape (n_samples, n_outputs), and whose last layer is its attribute ``head``. It
        should make a small one, which is trained for some steps.

    Raises
    ------
    AssertionError
        From the first check that fails; the traceback names it.

    Examples
    --------
    >>> from sktext.modules import TextCNN
    >>> from sktext.testing import check_module
    >>> def small_cnn(n_tokens, n_outputs, seed):
    ...     return TextCNN(n_tokens, n_outputs, embedding_dim=8, n_filters=16, seed=seed)
    >>> check_module(small_cnn)
    """
    for check in CHECKS:
        check(module_factory)


def make_ids(lengths=LENGTHS, seed=0):
    """Make padded texts of random tokens.

    Returns
    -------
    ids : int64 tensor of shape (len(lengths), max(lengths))
    """
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(2, N_TOKENS, (len(lengths), max(lengths)), generator=generator)
    return ids * (torch.arange(max(lengths)) < torch.tensor(lengths)[:, None])


def make_stirred(module_factory, dtype=torch.float32):
    """Make a network and perturb its weights, as a last layer of zeros would hide all else."""
    network = module_factory(N_TOKENS, N_OUTPUTS, 0).to(dtype)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for weight in network.parameters():
            weight += 0.2 * torch.randn(weight.shape, generator=generator, dtype=dtype)
        if hasattr(network, "embedding"):
            network.embedding.weight[0] = 0  # padding stays zero in training, too
    return network


def train_a_step(network, ids):
    """Compute the gradients of a network in training mode, and return its logits."""
    network.train()
    logits = network(ids)
    (logits * torch.linspace(-1, 1, logits.numel()).reshape(logits.shape)).sum().backward()
    return logits.detach()


def weights_of(network):
    """Return all weights of a network in one vector."""
    return torch.cat([weight.detach().flatten() for weight in network.parameters()])


def check_logits_have_one_column_per_output(module_factory):
    for n_outputs in (1, N_OUTPUTS):
        network = module_factory(N_TOKENS, n_outputs, 0).eval()
        assert network.head.bias.shape == (n_outputs,)
        assert not hasattr(network, "embedding") or network.embedding.padding_idx == 0
        logits = network(make_ids())
        assert logits.shape == (len(LENGTHS), n_outputs)
        assert torch.equal(network(make_ids().int()), logits)


def check_padding_does_not_change_the_answer(module_factory):
    ids = make_ids()
    for dtype, tolerance in TOLERANCES.items():
        network = make_stirred(module_factory, dtype).eval()
        logits = network(ids)
        padded = network(F.pad(ids, (0, 50)))
        torch.testing.assert_close(padded, logits, rtol=tolerance, atol=tolerance)
        for row, length in enumerate(LENGTHS):
            alone = network(ids[row : row + 1, : max(length, 1)])[0]
            torch.testing.assert_close(alone, logits[row], rtol=tolerance, atol=tolerance)


def check_order_of_the_batch_does_not_matter(module_factory):
    ids, order = make_ids(), torch.tensor([3, 1, 5, 0, 4, 2])
    for dtype, tolerance in TOLERANCES.items():
        network = make_stirred(module_factory, dtype).eval()
        logits = network(ids)[order]
        torch.testing.assert_close(network(ids[order]), logits, rtol=tolerance, atol=tolerance)


def check_texts_change_the_answer(module_factory):
    network = make_stirred(module_factory).eval()
    logits = network(make_ids((9, 9)))
    assert not torch.allclose(logits[0], logits[1])


def check_empty_and_short_texts_stay_finite(module_factory):
    for lengths in ((0, 0), (1, 1), (0, 1), (2, 0)):
        ids = make_ids(lengths) if any(lengths) else torch.zeros(2, 1, dtype=torch.int64)
        network = make_stirred(module_factory)
        logits = train_a_step(network, ids)
        assert logits.isfinite().all(), f"logits of texts of lengths {lengths}"
        for name, weight in network.named_parameters():
            finite = weight.grad is None or weight.grad.isfinite().all()
            assert finite, f"gradient of {name} for texts of lengths {lengths}"


def check_gradients_reach_every_weight(module_factory):
    network = make_stirred(module_factory)
    train_a_step(network, make_ids())
    for name, weight in network.named_parameters():
        assert weight.grad is not None, f"{name} gets no gradient"
        assert weight.grad.isfinite().all(), f"the gradient of {name} is not finite"
        assert (weight.grad != 0).any(), f"the gradient of {name} is zero"
    if hasattr(network, "embedding"):
        assert (network.embedding.weight.grad[0] == 0).all(), "padding gets a gradient"


def check_prediction_is_the_same_twice(module_factory):
    network = make_stirred(module_factory).eval()
    assert torch.equal(network(make_ids()), network(make_ids()))


def check_seed_decides_the_draws(module_factory):
    network, twin, other = (module_factory(N_TOKENS, N_OUTPUTS, seed) for seed in (0, 0, 1))
    assert torch.equal(weights_of(network), weights_of(twin))
    drawn = any(len(weight.unique()) > 2 for weight in network.parameters())
    assert not drawn or not torch.equal(weights_of(network), weights_of(other))
    first, second = make_stirred(module_factory), make_stirred(module_factory)
    for _ in range(2):
        assert torch.equal(train_a_step(first, make_ids()), train_a_step(second, make_ids()))


def check_threads_do_not_disturb_each_other(module_factory):
    def make(seed):
        return weights_of(module_factory(N_TOKENS, N_OUTPUTS, seed))

    seeds = list(range(8))
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(make, seeds))
    assert all(torch.equal(weights, make(seed)) for seed, weights in zip(seeds, made, strict=True))


def check_global_generator_is_left_alone(module_factory):
    before = torch.get_rng_state()
    train_a_step(module_factory(N_TOKENS, N_OUTPUTS, 0), make_ids())
    assert torch.equal(torch.get_rng_state(), before)


def check_copies_and_pickles_are_equal(module_factory):
    network = make_stirred(module_factory)
    train_a_step(network, make_ids())  # by now dropout has drawn
    expected = network.eval()(make_ids())
    for twin in (copy.deepcopy(network), pickle.loads(pickle.dumps(network))):
        assert torch.equal(twin(make_ids()), expected)
    other = module_factory(N_TOKENS, N_OUTPUTS, 1).eval()
    other.load_state_dict(network.state_dict())
    assert torch.equal(other(make_ids()), expected)


def check_autocast_is_survived(module_factory):
    network = make_stirred(module_factory)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = train_a_step(network, make_ids())
    assert logits.isfinite().all()
    assert weights_of(network).dtype == torch.float32


def check_a_few_texts_are_learnt_by_heart(module_factory):
    network = module_factory(N_TOKENS, N_OUTPUTS, 0)
    ids = make_ids((5, 9, 3, 7, 12, 6, 4, 8))
    target = torch.arange(8) % N_OUTPUTS
    optimizer = torch.optim.Adam(network.parameters(), lr=0.02)
    for _ in range(N_STEPS):
        optimizer.zero_grad()
        F.cross_entropy(network(ids), target).backward()
        optimizer.step()
    learnt = network.eval()(ids).argmax(dim=1)
    assert torch.equal(learnt, target), f"after {N_STEPS} steps: {learnt} instead of {target}"


CHECKS = [check for name, check in list(globals().items()) if name.startswith("check_")]
CHECKS.remove(check_module)
