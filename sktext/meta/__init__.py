"""Classifiers made of other classifiers."""

from sktext.meta._balanced_text_bagging import BalancedTextBagging
from sktext.meta._calibrated_classifier import CalibratedClassifier
from sktext.meta._hierarchical_classifier import HierarchicalClassifier
from sktext.meta._local_hierarchical_classifier import LocalHierarchicalClassifier
from sktext.meta._rebalanced_classifier import RebalancedClassifier
from sktext.meta._thresholds._cost import Cost
from sktext.meta._thresholds._objectives import FBeta, RecallAtPrecision
from sktext.meta._tuned_thresholds_classifier import TunedThresholdsClassifier

__all__ = [
    "BalancedTextBagging",
    "CalibratedClassifier",
    "Cost",
    "FBeta",
    "HierarchicalClassifier",
    "LocalHierarchicalClassifier",
    "RebalancedClassifier",
    "RecallAtPrecision",
    "TunedThresholdsClassifier",
]
