"""The classifiers."""

from sktext.classifiers._tfidf_torch_classifier import TfidfTorchClassifier
from sktext.classifiers._torch_classifier import TorchClassifier

__all__ = ["TfidfTorchClassifier", "TorchClassifier"]
