"""Extreme parameters: a finite result, or a sentence that says what is wrong."""

import numpy as np
import pytest
import torch

from sktext import TfidfTorchClassifier
from sktext._validation import Interval
from sktext.losses import LOSSES, DistributionBalancedLoss, FocalLoss, LogitAdjustmentLoss

EXTREMES = [0.0, 5e-324, 1e-30, 1e30, 3e38, 1e300, -1e300, 10**400, np.inf, np.nan, True, 1j, "x"]
NUMBERS = [
    (name, param)
    for name, loss in LOSSES.items()
    for param, kinds in loss()._parameter_constraints.items()
    if any(isinstance(kind, Interval) for kind in kinds)
]


def batch(task):
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn((6,) if task == "binary" else (6, 3), generator=generator)
    target = torch.arange(6) % (3 if task == "multiclass" else 2)
    if task == "multilabel":
        target = target[:, None].expand(6, 3).float()
    return logits.requires_grad_(), target


@pytest.mark.parametrize(("name", "param"), NUMBERS)
def test_a_number_or_a_sentence(name, param):
    for value in EXTREMES:
        for task in LOSSES[name]().tasks:
            message = message_of(LOSSES[name](**{param: value}), task)
            assert message is None or param in message


def message_of(loss, task):
    """Compute a loss; give the message of what it raises, which is no one else's error."""
    try:
        loss.build(task, [4, 2] if task == "binary" else [3, 2, 1], 6)
        loss(*batch(task))
    except ValueError as error:
        return str(error)
    return None


@pytest.mark.parametrize("value", [1e300, 1.7e308, 10**400, True])
@pytest.mark.parametrize(
    ("loss", "param"),
    [(LogitAdjustmentLoss(), "tau"), (DistributionBalancedLoss(), "lam"), (FocalLoss(), "gamma")],
)
def test_numbers_that_float32_cannot_hold_are_named(loss, param, value, multilabel):
    clf = TfidfTorchClassifier(loss=loss.set_params(**{param: value}))
    with pytest.raises(ValueError, match=rf"'{param}' parameter of .* must be a number of at most"):
        clf.fit(*multilabel)


def test_a_loss_that_is_no_number_stops_full_batches_with_a_sentence(binary):
    clf = TfidfTorchClassifier(loss=LogitAdjustmentLoss(tau=3e38), optimizer="lbfgs")
    with pytest.raises(ValueError, match="The loss became"):
        clf.fit(*binary)


def test_a_class_without_a_slope_falls_back_to_the_activation():
    loss = FocalLoss(gamma=1e30).build("multiclass", [1, 1, 1])
    logits = torch.tensor([[0.0, 1.0, 2.0]])
    torch.testing.assert_close(loss.posterior(logits).float(), logits.softmax(dim=1))


@pytest.mark.parametrize(
    "params",
    [
        *({"lr": value} for value in (1e300, 10**400, True)),
        *({"weight_decay": value} for value in (1e300, 10**400, True)),
        *({"batch_size": value} for value in (10**400, True)),
    ],
    ids=str,
)
def test_numbers_of_classifiers(params, binary):
    name = next(iter(params))
    with pytest.raises(ValueError, match=rf"'{name}' parameter of Tfidf.* must be a"):
        TfidfTorchClassifier(**params).fit(*binary)


@pytest.mark.parametrize("weight", ["much", 1j, None, [1.0], 10**400, np.inf, -1.0], ids=str)
def test_class_weights_that_are_no_numbers(weight, binary):
    with pytest.raises(ValueError, match="class_weight must hold numbers of at least 0; got"):
        TfidfTorchClassifier(class_weight={"billing": weight}).fit(*binary)


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (1 + 1j, "must hold real numbers; got an array of complex128"),
        (np.timedelta64(1, "s"), "must hold real numbers; got an array of timedelta64"),
        (10**400, "must hold numbers"),
        (1e308, "The sum of sample_weight is larger than any float"),
    ],
)
def test_sample_weights_that_are_no_numbers(weight, message, binary):
    texts, labels = binary
    with pytest.raises(ValueError, match=message):
        TfidfTorchClassifier().fit(texts, labels, sample_weight=[weight] * len(texts))
