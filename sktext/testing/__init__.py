"""Checks for parts of your own."""

from sktext.testing._losses import check_loss, loss_checks

__all__ = ["check_loss", "loss_checks"]
