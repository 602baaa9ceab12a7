"""Losses for classification: one class each, for every task, on logits.

A new loss is one file and two lines here: its import and its row in ``LOSSES``.
"""

from sktext._class_weights import class_weights
from sktext.losses._asl import AsymmetricLoss
from sktext.losses._base import Loss
from sktext.losses._batch_loss import BatchLoss
from sktext.losses._bce import BCELoss
from sktext.losses._combined import CombinedLoss
from sktext.losses._crammer_singer import CrammerSingerLoss
from sktext.losses._cross_entropy import CrossEntropyLoss
from sktext.losses._dice import DiceLoss
from sktext.losses._distribution_balanced import DistributionBalancedLoss
from sktext.losses._focal import FocalLoss
from sktext.losses._focal_tversky import FocalTverskyLoss
from sktext.losses._generalized_ce import GeneralizedCELoss
from sktext.losses._hierarchical import HierarchicalLoss
from sktext.losses._hinge import HingeLoss
from sktext.losses._ldam import LDAMLoss
from sktext.losses._log_cosh import LogCoshLoss
from sktext.losses._logit_adjustment import LogitAdjustmentLoss
from sktext.losses._margin_ce import MarginCELoss
from sktext.losses._mcm import MCMLoss
from sktext.losses._multi_margin import MultiMarginLoss
from sktext.losses._poly1 import Poly1Loss
from sktext.losses._self_adjusting_dice import SelfAdjustingDiceLoss
from sktext.losses._soft_f1 import SoftF1Loss
from sktext.losses._symmetric_ce import SymmetricCELoss
from sktext.losses._tversky import TverskyLoss
from sktext.losses._zlpr import ZLPRLoss

LOSSES = {
    "cross_entropy": CrossEntropyLoss,
    "bce": BCELoss,
    "focal": FocalLoss,
    "margin_ce": MarginCELoss,
    "hinge": HingeLoss,
    "multi_margin": MultiMarginLoss,
    "crammer_singer": CrammerSingerLoss,
    "dice": DiceLoss,
    "self_adjusting_dice": SelfAdjustingDiceLoss,
    "tversky": TverskyLoss,
    "focal_tversky": FocalTverskyLoss,
    "soft_f1": SoftF1Loss,
    "log_cosh": LogCoshLoss,
    "logit_adjustment": LogitAdjustmentLoss,
    "asl": AsymmetricLoss,
    "zlpr": ZLPRLoss,
    "ldam": LDAMLoss,
    "distribution_balanced": DistributionBalancedLoss,
    "poly1": Poly1Loss,
    "generalized_ce": GeneralizedCELoss,
    "symmetric_ce": SymmetricCELoss,
    "mcm": MCMLoss,
    "hierarchical": HierarchicalLoss,
    "combined": CombinedLoss,
}

__all__ = [
    "LOSSES",
    "AsymmetricLoss",
    "BCELoss",
    "BatchLoss",
    "CombinedLoss",
    "CrammerSingerLoss",
    "CrossEntropyLoss",
    "DiceLoss",
    "DistributionBalancedLoss",
    "FocalLoss",
    "FocalTverskyLoss",
    "GeneralizedCELoss",
    "HierarchicalLoss",
    "HingeLoss",
    "LDAMLoss",
    "LogCoshLoss",
    "LogitAdjustmentLoss",
    "Loss",
    "MCMLoss",
    "MarginCELoss",
    "MultiMarginLoss",
    "Poly1Loss",
    "SelfAdjustingDiceLoss",
    "SoftF1Loss",
    "SymmetricCELoss",
    "TverskyLoss",
    "ZLPRLoss",
    "class_weights",
]
