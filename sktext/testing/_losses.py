"""Checks that every loss must pass, one property each."""

import copy
import pickle
from collections.abc import Callable

import numpy as np
import torch
from sklearn.base import clone

from sktext.losses import Loss
from sktext.testing._loss_batches import (
    COUNTS,
    N_SAMPLES,
    TOTAL,
    build,
    expected_loss,
    make_batch,
    minimise_expected_loss,
    refusal_of,
    value_and_gradient,
)


def check_loss(loss: Loss) -> None:
    """Check that a loss has every property that the classifiers rely on.

    Use it in the tests of your own loss; every loss of the package passes it. It does not
    say whether the loss is any good: compare it on texts for that.

    Parameters
    ----------
    loss : Loss
        The loss to check, on each of its tasks; it is cloned.

    Raises
    ------
    AssertionError
        From the first check that fails; the traceback names it.

    Examples
    --------
    >>> from sktext.losses import FocalLoss
    >>> from sktext.testing import check_loss
    >>> check_loss(FocalLoss(gamma=5.0))
    """
    for check, task in loss_checks(loss):
        check(clone(loss), task)


def loss_checks(loss: Loss) -> list[tuple[Callable[[Loss, str], None], str]]:
    """List the checks of a loss.

    Use it to parametrise a test, so that each check is reported by itself; ``check_loss``
    runs them all where that does not matter.

    Parameters
    ----------
    loss : Loss
        The loss to check; call ``check(loss, task)`` for each pair.

    Returns
    -------
    checks : list of (callable, str)
        Each check with a task to run it on.

    Examples
    --------
    >>> from sktext.losses import ZLPRLoss
    >>> from sktext.testing import loss_checks
    >>> for check, task in loss_checks(ZLPRLoss()):
    ...     check(ZLPRLoss(), task)
    """
    return [(check, task) for task in loss.tasks for check in CHECKS]


def check_clone_is_unbuilt(loss, task):
    params = loss.get_params(deep=False)
    built = build(loss, task)
    assert built.task_ == task
    assert not hasattr(clone(built), "task_")
    assert repr(clone(built).get_params(deep=False)) == repr(params)


def check_shapes_and_precision(loss, task):
    loss = build(loss, task)
    for given, returned in (
        (torch.float64, torch.float64),
        (torch.float32, torch.float32),
        (torch.float16, torch.float32),
        (torch.bfloat16, torch.float32),
    ):
        logits, target = make_batch(task, dtype=given)
        value = loss(logits, target)
        assert value.shape == ()
        assert value.dtype == returned
    if loss._level == "sample":
        values = loss(logits, target, reduction="none")
        assert values.shape in {(N_SAMPLES,), tuple(logits.shape)}


def check_mean_and_sum_reduce_the_values(loss, task):
    if loss._level != "sample":
        return
    loss, (logits, target) = build(loss, task), make_batch(task)
    values = loss(logits, target, reduction="none")
    mean, total = loss(logits, target), loss(logits, target, reduction="sum")
    torch.testing.assert_close(mean, values.mean())
    assert total.isclose(mean * values.numel()) or total.isclose(mean * logits.numel())


def check_integer_weights_equal_repeated_rows(loss, task):
    if loss._level == "mixed":
        return  # weights that average one suit its samples, whole numbers its sets
    loss, (logits, target) = build(loss, task), make_batch(task)
    repeats = torch.tensor([1, 3, 0, 2, 1, 2])
    weight = repeats.double()
    if loss._level == "sample":
        weight = weight / weight.mean()  # classifiers scale weights to average one
    value, gradient = value_and_gradient(loss, logits, target, weight)
    rows = torch.repeat_interleave(torch.arange(N_SAMPLES), repeats)
    expected, by_copy = value_and_gradient(loss, logits[rows], target[rows])
    summed = torch.zeros_like(logits).index_add_(0, rows, by_copy)
    torch.testing.assert_close(value, expected, rtol=1e-9, atol=1e-12)
    torch.testing.assert_close(gradient, summed, rtol=1e-9, atol=1e-12)


def check_zero_weight_has_no_pull(loss, task):
    loss, (logits, target) = build(loss, task), make_batch(task)
    weight = torch.ones(N_SAMPLES, dtype=torch.float64)
    weight[2] = 0
    _, gradient = value_and_gradient(loss, logits, target, weight)
    assert (gradient[2] == 0).all()
    value, gradient = value_and_gradient(loss, logits, target, torch.zeros_like(weight))
    assert value.isfinite()
    assert (gradient == 0).all()


def check_order_of_rows_does_not_matter(loss, task):
    loss, (logits, target) = build(loss, task), make_batch(task)
    order = torch.tensor([3, 1, 5, 0, 4, 2])
    torch.testing.assert_close(loss(logits[order], target[order]), loss(logits, target))
    if loss._level == "sample":
        values = loss(logits, target, reduction="none")
        permuted = loss(logits[order], target[order], reduction="none")
        torch.testing.assert_close(permuted, values[order])


def check_order_of_classes_does_not_matter(loss, task):
    if task == "binary":
        return
    order = torch.tensor([2, 0, 3, 1])
    logits, target = make_batch(task)
    built = build(loss, task)
    other = clone(loss).build(task, np.array(COUNTS)[order], TOTAL)
    permuted = torch.argsort(order)[target] if task == "multiclass" else target[:, order]
    torch.testing.assert_close(other(logits[:, order], permuted), built(logits, target))


def check_extreme_logits_stay_finite(loss, task):
    loss = build(loss, task)
    for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16):
        logits, target = make_batch(task, dtype=dtype)
        for sign in (1, -1):
            extreme = (sign * 1e4 * logits.sign()).requires_grad_()
            value = loss(extreme, target)
            value.backward()
            assert value.isfinite(), f"{value} at logits of 1e4 in {dtype}"
            assert extreme.grad.isfinite().all(), f"gradient at logits of 1e4 in {dtype}"


def check_nan_logits_give_a_nan_loss(loss, task):
    loss, (logits, target) = build(loss, task), make_batch(task)
    logits[0] = torch.nan
    assert loss(logits, target).isnan()


def check_gradient_is_the_derivative(loss, task):
    loss, (logits, target) = build(loss, task), make_batch(task)
    weight = torch.linspace(0.5, 1.5, N_SAMPLES, dtype=torch.float64)
    logits.requires_grad_()
    assert torch.autograd.gradcheck(lambda x: loss(x, target, weight), logits)


def check_inputs_and_grad_mode_are_left_alone(loss, task):
    loss, (logits, target) = build(loss, task), make_batch(task)
    before = logits.clone(), target.clone()
    with torch.no_grad():
        assert not loss(logits, target).requires_grad
        assert not torch.is_grad_enabled()
    assert torch.is_grad_enabled()
    assert torch.equal(logits, before[0])
    assert torch.equal(target, before[1])


def check_right_answers_cost_less_than_wrong_ones(loss, task):
    loss, (logits, target) = build(loss, task), make_batch(task)
    if task == "multiclass":
        right = 3 * torch.nn.functional.one_hot(target, logits.shape[1]).double()
    else:
        right = 6 * target - 3
    assert loss(right, target) < loss(-right, target)


def check_probabilities_match_the_logits(loss, task):
    loss, (logits, _) = build(loss, task), make_batch(task)
    if loss.proba == "none":
        assert not hasattr(loss, "predict_proba")
        return
    proba = loss.predict_proba(logits)
    assert ((proba >= 0) & (proba <= 1)).all()
    if task == "multilabel":
        assert torch.equal(proba > 0.5, logits > 0)
        return
    torch.testing.assert_close(proba.sum(dim=1), torch.ones(N_SAMPLES, dtype=torch.float64))
    picked = logits.argmax(dim=1) if task == "multiclass" else (logits > 0).long()
    assert torch.equal(proba.argmax(dim=1), picked)


def check_posterior_of_the_minimiser_is_the_truth(loss, task):
    loss = build(loss, task)
    if loss.proba not in ("proper", "invertible"):
        return
    if task == "multiclass":
        truth = torch.tensor([[0.55, 0.25, 0.15, 0.05]], dtype=torch.float64)
    elif task == "binary":
        truth = torch.tensor([0.2], dtype=torch.float64)
    else:
        truth = torch.tensor([[0.1, 0.3, 0.5, 0.8]], dtype=torch.float64)
    posterior = loss.posterior(minimise_expected_loss(loss, task, truth))
    expected = torch.stack([1 - truth, truth], dim=1) if task == "binary" else truth
    torch.testing.assert_close(posterior, expected, rtol=0, atol=1e-5)


def check_start_bias_has_no_mean_gradient(loss, task):
    loss = build(loss, task)
    if not loss.starts_at_prior:
        return
    counts = {"binary": [0.2], "multiclass": COUNTS, "multilabel": COUNTS}[task]
    prior = torch.tensor(counts, dtype=torch.float64) / (1.0 if task == "binary" else TOTAL)
    bias = loss.init_bias(prior)
    if task != "binary":
        prior, bias = prior[None], bias[None]
    bias.requires_grad_()
    expected_loss(loss, task, prior, bias).backward()
    torch.testing.assert_close(bias.grad, torch.zeros_like(bias), rtol=0, atol=1e-6)


def check_copies_and_pickles_are_equal(loss, task):
    loss, (logits, target) = build(loss, task), make_batch(task)
    expected = loss(logits, target)
    for twin in (copy.deepcopy(loss), pickle.loads(pickle.dumps(loss))):
        assert torch.equal(twin(logits, target), expected)
    other = build(loss, task)
    other.load_state_dict(loss.state_dict())
    assert torch.equal(other(logits, target), expected)


def check_autocast_is_survived(loss, task):
    loss = build(loss, task)
    logits, target = make_batch(task, dtype=torch.float32)
    flat = logits.reshape(len(logits), -1)
    layer = torch.nn.Linear(flat.shape[1], flat.shape[1])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        value = loss(layer(flat).reshape(logits.shape), target)
    value.backward()
    assert value.dtype == torch.float32
    assert layer.weight.grad.isfinite().all()


def check_small_batches(loss, task):
    loss = build(loss, task)
    logits, target = make_batch(task, n_samples=1)
    assert loss(logits, target).isfinite()
    if task == "multilabel":
        for empty_or_full in (torch.zeros_like(target), torch.ones_like(target)):
            assert loss(logits, empty_or_full).isfinite()


def check_plain_torch_needs_no_build(loss, task):
    logits, target = make_batch(task)
    if loss.needs_counts:
        message = refusal_of(lambda: loss(logits, target))
        assert "class_counts" in message, "a loss that needs class counts must ask for them"
    else:
        torch.testing.assert_close(loss(logits, target), build(loss, task)(logits, target))


def check_shapes_never_broadcast(loss, task):
    loss, (logits, target) = build(loss, task), make_batch(task)
    wrong = logits[:, None].expand(-1, N_SAMPLES) if task == "binary" else logits[:-1]
    message = refusal_of(lambda: loss(wrong, target))
    assert "shape" in message, "logits and target of different shapes must be refused"
    if task == "binary":
        torch.testing.assert_close(loss(logits[:, None], target), loss(logits, target))


CHECKS = [check for name, check in list(globals().items()) if name.startswith("check_")]
CHECKS.remove(check_loss)
