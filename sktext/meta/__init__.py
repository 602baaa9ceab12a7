"""Classifiers made of other classifiers."""

from sktext.meta._balanced_text_bagging import BalancedTextBagging
from sktext.meta._hierarchical_classifier import HierarchicalClassifier
from sktext.meta._local_hierarchical_classifier import LocalHierarchicalClassifier
from sktext.meta._rebalanced_classifier import RebalancedClassifier

__all__ = [
    "BalancedTextBagging",
    "HierarchicalClassifier",
    "LocalHierarchicalClassifier",
    "RebalancedClassifier",
]
