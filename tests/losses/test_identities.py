"""What each loss is equal to, or never more than, by its formula."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.metrics import hinge_loss, log_loss

from sktext.losses import (
    LOSSES,
    AsymmetricLoss,
    BCELoss,
    CombinedLoss,
    CrammerSingerLoss,
    CrossEntropyLoss,
    DiceLoss,
    DistributionBalancedLoss,
    FocalLoss,
    FocalTverskyLoss,
    GeneralizedCELoss,
    HingeLoss,
    LDAMLoss,
    LogCoshLoss,
    LogitAdjustmentLoss,
    MarginCELoss,
    MultiMarginLoss,
    Poly1Loss,
    SelfAdjustingDiceLoss,
    SoftF1Loss,
    SymmetricCELoss,
    TverskyLoss,
    ZLPRLoss,
    class_weights,
)

SIZES = {"binary": (7,), "multiclass": (7, 4), "multilabel": (7, 4)}
seeds = st.integers(0, 10_000)


def batch(task, seed, scale=2.0):
    generator = torch.Generator().manual_seed(seed)
    logits = scale * torch.randn(SIZES[task], generator=generator, dtype=torch.float64)
    if task == "multiclass":
        return logits, torch.randint(4, (7,), generator=generator)
    return logits, (torch.rand(SIZES[task], generator=generator) < 0.4).double()


def values(loss, task, logits, target):
    return loss.build(task, [4.0, 3.0, 2.0, 1.0][: 2 if task == "binary" else 4], 10.0)(
        logits, target, reduction="none"
    )


EQUAL = {
    "focal at gamma 0 is cross-entropy": (FocalLoss(gamma=0.0), CrossEntropyLoss()),
    "margin 1 is cross-entropy": (MarginCELoss(margin=1.0), CrossEntropyLoss()),
    "soft margin at one half is focal at gamma 1": (
        MarginCELoss(margin=0.5, softness=1.0),
        FocalLoss(gamma=1.0),
    ),
    "poly1 at epsilon 0 is focal": (Poly1Loss(epsilon=0.0, gamma=2.0), FocalLoss(gamma=2.0)),
    "logit adjustment at tau 0 is cross-entropy": (
        LogitAdjustmentLoss(tau=0.0),
        CrossEntropyLoss(),
    ),
    "asl without asymmetry is focal": (
        AsymmetricLoss(gamma_neg=2.0, gamma_pos=2.0, clip=0.0),
        FocalLoss(gamma=2.0),
    ),
    "asl without focus is bce": (AsymmetricLoss(0.0, 0.0, clip=0.0), BCELoss()),
    "cross-entropy per label is bce": (CrossEntropyLoss(), BCELoss()),
    "smoothing per label is alike": (
        CrossEntropyLoss(label_smoothing=0.1),
        BCELoss(label_smoothing=0.1),
    ),
    "ldam without margin is cross-entropy": (LDAMLoss(max_m=0.0), CrossEntropyLoss()),
    "pos_weight 1 is bce": (BCELoss(pos_weight=1.0), BCELoss()),
    "distribution-balanced FL is half of focal": (
        DistributionBalancedLoss(variant="FL"),
        FocalLoss(gamma=2.0, alpha=0.5),
    ),
    "distribution-balanced without its parts is focal": (
        DistributionBalancedLoss(variant="NTR-FL", kappa=0.0, lam=1.0),
        FocalLoss(gamma=2.0, alpha=0.5),
    ),
    "symmetric ce without its reverse is cross-entropy": (
        SymmetricCELoss(alpha=1.0, beta=0.0),
        CrossEntropyLoss(),
    ),
    "a sum of one is itself": (CombinedLoss([("focal", FocalLoss())]), FocalLoss()),
}


@pytest.mark.parametrize("name", EQUAL)
@given(seed=seeds)
@settings(deadline=None, max_examples=15)
def test_limit_of_a_loss_is_another_loss(name, seed):
    one, other = EQUAL[name]
    tasks = set(one.tasks) & set(other.tasks)
    if one._one_versus_rest != other._one_versus_rest:  # they differ in several classes
        tasks -= {"multiclass"}
    for task in tasks:
        logits, target = batch(task, seed)
        ours, theirs = values(one, task, logits, target), values(other, task, logits, target)
        if ours.ndim < theirs.ndim:
            theirs = theirs.mean(dim=1)
        torch.testing.assert_close(ours, theirs, atol=1e-12, rtol=1e-12)


BATCH_EQUAL = {
    "dice is tversky at one half": (DiceLoss(smooth=2.0), TverskyLoss(smooth=1.0)),
    "dice without smoothing is soft f1": (DiceLoss(smooth=0.0), SoftF1Loss()),
    "focal tversky at gamma 1 is tversky": (
        FocalTverskyLoss(alpha=0.3, beta=0.7, gamma=1.0),
        TverskyLoss(alpha=0.3, beta=0.7),
    ),
}


@pytest.mark.parametrize("name", BATCH_EQUAL)
@given(seed=seeds)
@settings(deadline=None, max_examples=15)
def test_limit_of_a_batch_loss_is_another(name, seed):
    one, other = BATCH_EQUAL[name]
    for task in one.tasks:
        logits, target = batch(task, seed)
        torch.testing.assert_close(one(logits, target), other(logits, target))


@given(seed=seeds)
@settings(deadline=None, max_examples=15)
def test_two_classes_are_one_logit(seed):
    logits, target = batch("binary", seed)
    both = torch.stack([torch.zeros_like(logits), logits], dim=1)
    for loss in (CrossEntropyLoss(), FocalLoss(), MarginCELoss(), Poly1Loss(gamma=1.0)):
        torch.testing.assert_close(
            values(loss, "binary", logits, target),
            loss.build("multiclass", [6.0, 4.0])(both, target.long(), reduction="none"),
        )
    hinge = HingeLoss(p=1)(logits, target, reduction="none")
    crammer_singer = CrammerSingerLoss(smoothing=0.0)(both, target.long(), reduction="none")
    torch.testing.assert_close(crammer_singer, hinge)
    for p in (1, 2):
        pairs = MultiMarginLoss(p=p)(both, target.long(), reduction="none")
        torch.testing.assert_close(pairs, HingeLoss(p=p)(logits, target, reduction="none") / 2)


@given(seed=seeds)
@settings(deadline=None, max_examples=15)
def test_classes_one_against_the_rest_are_the_sum_of_their_labels(seed):
    logits, target = batch("multiclass", seed)
    indicator = F.one_hot(target, 4).double()
    for loss in (
        HingeLoss(),
        HingeLoss(p=1, margin=0.5),
        BCELoss(pos_weight=3.0),
        AsymmetricLoss(),
    ):
        labels = clone(loss).build("multilabel")(logits, indicator, reduction="none")
        classes = clone(loss).build("multiclass")(logits, target, reduction="none")
        torch.testing.assert_close(classes, labels.sum(dim=1))


@given(seed=seeds)
@settings(deadline=None, max_examples=15)
def test_smoothed_crammer_singer_is_little_above_the_exact_one(seed):
    logits, target = batch("multiclass", seed)
    exact = CrammerSingerLoss(smoothing=0.0)(logits, target, reduction="none")
    for smoothing in (0.01, 0.1, 1.0):
        smooth = CrammerSingerLoss(smoothing=smoothing)(logits, target, reduction="none")
        assert (smooth >= exact - 1e-12).all()
        assert (smooth <= exact + smoothing * np.log(4) + 1e-12).all()


def test_crammer_singer_smoothed_by_one_is_cross_entropy_with_a_margin():
    logits, target = batch("multiclass", 0)
    shifted = logits - 1.5 * F.one_hot(target, 4)
    loss = CrammerSingerLoss(margin=1.5, smoothing=1.0)(logits, target)
    torch.testing.assert_close(loss, CrossEntropyLoss()(shifted, target))


AT_MOST = {
    "focal": (FocalLoss(gamma=0.7), CrossEntropyLoss()),
    "larger gamma": (FocalLoss(gamma=3.0), FocalLoss(gamma=1.0)),
    "margin": (MarginCELoss(), CrossEntropyLoss()),
    "larger clip": (AsymmetricLoss(clip=0.2), AsymmetricLoss(clip=0.05)),
    "ldam": (CrossEntropyLoss(), LDAMLoss()),
    "generalised": (GeneralizedCELoss(q=0.5), CrossEntropyLoss()),
}


@pytest.mark.parametrize("name", AT_MOST)
@given(seed=seeds)
@settings(deadline=None, max_examples=15)
def test_loss_is_never_more_than_the_other(name, seed):
    less, more = AT_MOST[name]
    for task in set(less.tasks) & set(more.tasks):
        logits, target = batch(task, seed)
        gap = values(more, task, logits, target) - values(less, task, logits, target)
        assert (gap > -1e-12).all()


@given(seed=seeds)
@settings(deadline=None, max_examples=15)
def test_zlpr_lies_between_the_largest_and_the_sum_of_the_label_losses(seed):
    logits, target = batch("multilabel", seed)
    zlpr = ZLPRLoss()(logits, target, reduction="none")
    bce = BCELoss()(logits, target, reduction="none")
    assert (bce.amax(dim=1) <= zlpr + 1e-12).all()
    assert (zlpr <= bce.sum(dim=1) + 1e-12).all()
    one_label = ZLPRLoss()(logits[:, :1], target[:, :1], reduction="none")
    torch.testing.assert_close(one_label, bce[:, 0])


@given(seed=seeds, shift=st.floats(-50, 50))
@settings(deadline=None, max_examples=15)
def test_softmax_losses_do_not_see_a_shift_of_all_logits(seed, shift):
    logits, target = batch("multiclass", seed)
    for loss in (CrossEntropyLoss(), FocalLoss(), MarginCELoss(), LDAMLoss(), DiceLoss()):
        loss.build("multiclass", [4.0, 3.0, 2.0, 1.0])
        torch.testing.assert_close(loss(logits + shift, target), loss(logits, target))


@given(seed=seeds)
@settings(deadline=None, max_examples=15)
def test_label_flip_changes_nothing_where_sides_are_equal(seed):
    logits, target = batch("multilabel", seed)
    for loss in (BCELoss(), FocalLoss(), MarginCELoss(), HingeLoss(), LogCoshLoss()):
        torch.testing.assert_close(loss(-logits, 1 - target), loss(logits, target))


def test_margin_gate_is_closed_half_open_or_open():
    threshold = np.log(0.6 / 0.4)
    logits = torch.tensor([threshold + 1, threshold, threshold - 1], dtype=torch.float64)
    logits.requires_grad_()
    MarginCELoss(margin=0.6)(logits, torch.ones(3), reduction="sum").backward()
    ratio = logits.grad / -torch.sigmoid(-logits.detach())
    assert ratio.tolist() == [0.0, 0.5, 1.0]


def test_margin_loss_has_no_jump_at_the_margin():
    threshold = np.log(0.9 / 0.1)
    logits = threshold + torch.tensor([-1e-9, 1e-9], dtype=torch.float64)
    for task, target in (("binary", torch.ones(2)), ("multilabel", torch.ones(2, 1))):
        loss = MarginCELoss().build(task)
        value = loss(logits.reshape(target.shape), target, reduction="none")
        assert value.abs().max() < 1e-9
    both = torch.stack([torch.zeros_like(logits), logits], dim=1)
    assert MarginCELoss()(both, torch.ones(2, dtype=torch.int64)) < 1e-9


def test_margin_loss_of_confident_rows_is_zero_and_has_no_gradient():
    logits = torch.tensor([5.0, -5.0], requires_grad=True)
    loss = MarginCELoss()(logits, torch.tensor([1, 0]))
    loss.backward()
    assert loss == 0
    assert (logits.grad == 0).all()


def test_margin_loss_normalised_over_active_rows_keeps_the_step_size():
    logits, target = torch.tensor([5.0, -1.0]), torch.tensor([1, 1])
    plain, scaled = (MarginCELoss(normalize_active=n)(logits, target) for n in (False, True))
    torch.testing.assert_close(scaled, 2 * plain)


def test_steep_soft_gate_is_the_hard_gate():
    logits, target = batch("multiclass", 0)
    slopes = []
    for softness in (1e6, None):
        x = logits.clone().requires_grad_()
        MarginCELoss(softness=softness)(x, target).backward()
        slopes.append(x.grad)
    torch.testing.assert_close(*slopes)


def test_self_adjusting_dice_without_adjustment_is_the_dice_of_one_sample():
    logits, target = batch("binary", 0)
    proba = logits.sigmoid()
    expected = 1 - (2 * proba * target + 1) / (proba + target + 1)
    loss = SelfAdjustingDiceLoss(alpha=0.0, square_denominator=False)
    torch.testing.assert_close(loss(logits, target, reduction="none"), expected)


def test_detached_factor_mends_the_direction_of_a_large_alpha():
    for detach, sign in ((False, 1), (True, -1)):
        logits = torch.tensor([4.0], requires_grad=True)
        loss = SelfAdjustingDiceLoss(alpha=1.0, detach_factor=detach)
        loss(logits, torch.tensor([1])).backward()
        assert logits.grad.sign().item() == sign


def test_oracles_of_scikit_learn():
    logits, target = batch("multiclass", 0)
    proba = logits.softmax(dim=1).numpy()
    weight = np.arange(1.0, 8.0)
    ours = CrossEntropyLoss()(logits, target, torch.tensor(weight / weight.mean()))
    assert ours.item() == pytest.approx(
        log_loss(target, proba, sample_weight=weight, labels=range(4))
    )
    ours = CrammerSingerLoss(smoothing=0.0)(logits, target).item()
    assert ours == pytest.approx(hinge_loss(target, logits.numpy(), labels=range(4)))


def test_oracles_of_torch():
    logits, target = batch("multiclass", 0)
    weight = torch.tensor([0.5, 1.0, 2.0, 3.0], dtype=torch.float64)
    ours = CrossEntropyLoss(weight=weight, label_smoothing=0.2)(logits, target, reduction="none")
    theirs = F.cross_entropy(logits, target, weight, label_smoothing=0.2, reduction="none")
    torch.testing.assert_close(ours, theirs)
    for p in (1, 2):
        ours = MultiMarginLoss(margin=1.5, p=p)(logits, target)
        torch.testing.assert_close(ours, F.multi_margin_loss(logits, target, margin=1.5, p=p))
    logits, target = batch("multilabel", 0)
    torch.testing.assert_close(
        BCELoss(pos_weight=weight)(logits, target),
        F.binary_cross_entropy_with_logits(logits, target, pos_weight=weight),
    )


def test_effective_weights_lie_between_equal_and_inverse():
    counts = np.array([1000.0, 100.0, 10.0])
    equal = class_weights(counts, "effective", beta=0.0)
    inverse = class_weights(counts, "effective", beta=1.0)
    np.testing.assert_allclose(equal, 1)
    np.testing.assert_allclose(inverse, class_weights(counts, "balanced"))
    middle = class_weights(counts, "effective", beta=0.99)
    assert 1 < middle[2] < inverse[2]
    assert class_weights([5, 0, 5]).tolist() == [1.0, 0.0, 1.0]


@pytest.mark.parametrize("kwargs", [{"scheme": "nope"}, {"scheme": "effective", "beta": 2}])
def test_class_weights_refuse_what_they_do_not_know(kwargs):
    with pytest.raises(ValueError, match=r"nope|beta"):
        class_weights([1, 2], **kwargs)


def test_balanced_pos_weight_is_capped():
    loss = BCELoss(pos_weight="balanced").build("multilabel", [1.0, 0.0, 1e5], n_samples=1e5)
    assert loss.pos_weight_.tolist() == pytest.approx([100.0, 100.0, 0.01])


def test_mean_divides_by_the_rows_and_not_by_the_weights():
    logits, target = batch("multiclass", 0)
    weight = torch.full((7,), 3.0, dtype=torch.float64)
    torch.testing.assert_close(
        CrossEntropyLoss()(logits, target, weight), 3 * CrossEntropyLoss()(logits, target)
    )


def test_equal_batches_average_to_the_full_loss():
    logits, target = batch("multilabel", 0)
    logits, target = logits[:6], target[:6]
    weight = torch.arange(1.0, 7.0, dtype=torch.float64)
    whole = FocalLoss()(logits, target, weight)
    parts = [
        FocalLoss()(logits[i : i + 2], target[i : i + 2], weight[i : i + 2]) for i in (0, 2, 4)
    ]
    torch.testing.assert_close(torch.stack(parts).mean(), whole)


def test_soft_targets_are_the_expectation_of_the_hard_loss():
    logits = torch.tensor([1.0], dtype=torch.float64)
    for loss in (FocalLoss(), BCELoss()):
        hard = [loss(logits, torch.tensor([float(label)])) for label in (0, 1)]
        soft = loss(logits, torch.tensor([0.3], dtype=torch.float64))
        torch.testing.assert_close(soft, 0.7 * hard[0] + 0.3 * hard[1])


@pytest.mark.parametrize("name", ["dice", "tversky", "focal_tversky", "soft_f1"])
def test_binary_batch_loss_scores_the_rarer_class_whatever_its_name(name):
    logits, target = batch("binary", 0)
    one = LOSSES[name]().build("binary", [90, 10])
    other = LOSSES[name]().build("binary", [10, 90])
    torch.testing.assert_close(one(logits, target), other(-logits, 1 - target))


@pytest.mark.parametrize("weight", [[1.0, 5.0], [3.0, 0.5]])
def test_smoothed_and_weighted_binary_cross_entropy_is_that_of_two_classes(weight):
    logits, target = batch("binary", 0)
    loss = CrossEntropyLoss(weight=weight, label_smoothing=0.1)
    both = torch.stack([torch.zeros_like(logits), logits], dim=1)
    expected = torch.nn.functional.cross_entropy(
        both,
        target.long(),
        weight=torch.tensor(weight, dtype=logits.dtype),
        label_smoothing=0.1,
        reduction="none",
    )
    torch.testing.assert_close(loss(logits, target, reduction="none"), expected)


def test_weight_of_another_length_is_refused():
    with pytest.raises(ValueError, match="for each of 2 classes"):
        CrossEntropyLoss(weight=[2.0, 3.0, 50.0])(torch.zeros(2), torch.tensor([0, 1]))


def test_posterior_of_a_hopeless_class_is_zero():
    posterior = (
        LOSSES["generalized_ce"]().build("multiclass").posterior(torch.tensor([[0.0, 800.0, 0.0]]))
    )
    torch.testing.assert_close(posterior, torch.tensor([[0.0, 1.0, 0.0]], dtype=torch.float64))


def test_posterior_is_found_in_inference_mode():
    with torch.inference_mode():
        assert LOSSES["focal"]().posterior(torch.randn(4, 3)).shape == (4, 3)


@pytest.mark.parametrize("name", ["dice", "tversky", "focal_tversky"])
@pytest.mark.parametrize("value", [-1e4, -100.0, 100.0, 1e4])
def test_batch_loss_without_smoothing_has_a_finite_gradient(name, value):
    for dtype in (torch.float32, torch.float64):
        logits = torch.full((8,), value, dtype=dtype, requires_grad=True)
        for target in (torch.ones(8), torch.zeros(8)):
            LOSSES[name](smooth=0.0)(logits, target).backward()
            assert torch.isfinite(logits.grad).all()


def test_rare_labels_keep_their_weight_under_autocast():
    loss = LOSSES["distribution_balanced"]().build("multilabel", [1, 500, 5000], n_samples=100_000)
    logits, target = torch.zeros(1, 3), torch.tensor([[1.0, 0.0, 0.0]])
    plain = loss(logits, target, reduction="none")
    with torch.autocast("cpu", torch.float16):
        torch.testing.assert_close(loss(logits, target, reduction="none"), plain)
