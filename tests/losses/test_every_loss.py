"""Every loss of the table, and some with other parameters, passes every check."""

import pytest

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
    HingeLoss,
    LDAMLoss,
    LogitAdjustmentLoss,
    MarginCELoss,
    MultiMarginLoss,
    Poly1Loss,
    SelfAdjustingDiceLoss,
    SoftF1Loss,
)
from sktext.testing import loss_checks

VARIANTS = [
    CrossEntropyLoss(label_smoothing=0.1),
    BCELoss(pos_weight=3.0, label_smoothing=0.05),
    BCELoss(pos_weight="balanced"),
    FocalLoss(gamma=0.5),
    FocalLoss(gamma=0.0),
    MarginCELoss(margin=1.0),
    MarginCELoss(margin=0.6),
    MarginCELoss(margin=0.8, gate="runner_up"),
    HingeLoss(p=1),
    MultiMarginLoss(margin=2.0, p=1),
    CrammerSingerLoss(smoothing=0.0),
    CrammerSingerLoss(margin=0.5, smoothing=1.0),
    DiceLoss(smooth=0.0, average="micro"),
    DiceLoss(square_denominator=True, log=True),
    DiceLoss(absent="skip"),
    SelfAdjustingDiceLoss(alpha=0.5, classes="target", square_denominator=True),
    SoftF1Loss(beta=2.0, eta=0.1),
    LogitAdjustmentLoss(tau=0.5),
    AsymmetricLoss(gamma_neg=2.0, gamma_pos=0.0, clip=0.0),
    LDAMLoss(max_m=1.0, s=2.0, reweight_from=0.0),
    *[DistributionBalancedLoss(variant=v) for v in ("FL", "R-FL", "NTR-FL", "DB-0FL", "CB-NTR")],
    Poly1Loss(epsilon=-1.0),
    Poly1Loss(epsilon=1.0, gamma=2.0),
    CombinedLoss([("ce", "cross_entropy"), ("focal", FocalLoss())], weights=[0.5, 2.0]),
]
CASES = [
    pytest.param(loss, check, task, id=f"{loss}-{task}-{check.__name__}")
    for loss in [*(Loss() for Loss in LOSSES.values()), *VARIANTS]
    for check, task in loss_checks(loss)
]


@pytest.mark.parametrize(("loss", "check", "task"), CASES)
def test_loss_passes_the_check(loss, check, task):
    check(loss, task)
