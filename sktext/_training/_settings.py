"""The parameters of a classifier that training reads, resolved and checked once."""

from dataclasses import dataclass, fields
from typing import Any

import torch

from sktext._component import resolve
from sktext._training._auto_epochs import auto_epochs
from sktext._training._callbacks import check_callbacks
from sktext.losses import LOSSES, Loss
from sktext.sampling import SAMPLERS


@dataclass(frozen=True)
class Settings:
    """How a network is trained, independent of its rows and layers.

    Parameters
    ----------
    loss : Loss
        Not built; ``copy_loss`` returns a copy to build.
    sampler : imbalanced-learn sampler, EpochSampler or None
    dropout : float, default=0
        Of the classifiers that have it; with dropout, training draws random numbers.
    gradient_accumulation_steps : int, default=1
    fewest_epochs : int or None, default=None
        What ``max_epochs="auto"`` is on many rows, for the classifiers that have it.

    The other fields are the parameters of the same names of the classifiers.
    """

    loss: Loss
    class_weight: Any
    sampler: Any
    reweight: bool
    bias_init: str
    optimizer: Any
    lr: float | str
    weight_decay: float | str
    lr_schedule: Any
    max_epochs: int | str
    batch_size: int
    early_stopping: bool
    validation_fraction: float
    n_iter_no_change: int
    scoring: Any
    callbacks: Any
    device: str | torch.device
    dtype: str
    verbose: int
    net_params: dict | None
    dropout: float = 0
    gradient_accumulation_steps: int = 1
    fewest_epochs: int | None = None

    @classmethod
    def of(cls, estimator):
        """Read the parameters of a classifier.

        Parameters
        ----------
        estimator : classifier

        Returns
        -------
        settings : Settings

        Raises
        ------
        TypeError, ValueError
            If a loss or a sampler is unknown, or a callback is not one of skorch.
        """
        names = [field.name for field in fields(cls) if hasattr(estimator, field.name)]
        values = {name: getattr(estimator, name) for name in names}
        values["fewest_epochs"] = getattr(estimator, "_fewest_epochs", None)
        values["loss"] = resolve(estimator.loss, LOSSES, "loss")
        if estimator.sampler is not None:
            values["sampler"] = resolve(estimator.sampler, SAMPLERS, "sampler")
        check_callbacks(estimator.callbacks)
        return cls(**values)

    def n_epochs(self, n_rows, n_classes):
        """Return how many epochs a run has, unless something ends it early.

        Parameters
        ----------
        n_rows : int
            Training rows, after resampling.
        n_classes : int
        """
        if self.max_epochs != "auto":
            return self.max_epochs
        rows_per_step = self.batch_size * self.gradient_accumulation_steps
        return auto_epochs(n_rows, n_classes, rows_per_step, self.fewest_epochs)

    def copy_loss(self):
        """Return a copy of the loss to build."""
        return resolve(self.loss, LOSSES, "loss")
