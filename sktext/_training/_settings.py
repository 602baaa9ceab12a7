"""The parameters of a classifier that training reads, resolved and checked once."""

from dataclasses import dataclass, fields
from typing import Any

import torch

from sktext._component import resolve
from sktext._training._callbacks import check_callbacks
from sktext.losses import LOSSES, Loss
from sktext.sampling import SAMPLERS


@dataclass(frozen=True)
class Settings:
    """What decides how a network is trained, whatever its rows and layers are.

    Parameters
    ----------
    loss : Loss
        Not built yet; ``fresh_loss`` gives a copy to build.
    sampler : imbalanced-learn sampler, EpochSampler or None
    dropout : float, default=0
        Of the classifiers that have it, to know whether training draws.
    gradient_accumulation_steps : int, default=1

    The others are the parameters of the classifiers of the same name.
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
    max_epochs: int
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
            If a loss or a sampler is not known, or a callback is none.
        """
        names = [field.name for field in fields(cls) if hasattr(estimator, field.name)]
        values = {name: getattr(estimator, name) for name in names}
        values["loss"] = resolve(estimator.loss, LOSSES, "loss")
        if estimator.sampler is not None:
            values["sampler"] = resolve(estimator.sampler, SAMPLERS, "sampler")
        check_callbacks(estimator.callbacks)
        return cls(**values)

    def fresh_loss(self):
        """Make a copy of the loss to build."""
        return resolve(self.loss, LOSSES, "loss")
