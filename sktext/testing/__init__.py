"""Checks for your own losses, networks and text classifiers."""

from sktext.testing._losses import check_loss, loss_checks
from sktext.testing._modules import check_module
from sktext.testing._text_classifiers import check_text_classifier, text_classifier_checks
from sktext.testing._tiny_encoder import make_tiny_encoder

__all__ = [
    "check_loss",
    "check_module",
    "check_text_classifier",
    "loss_checks",
    "make_tiny_encoder",
    "text_classifier_checks",
]
