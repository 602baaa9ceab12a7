"""The preparation of a run: features, weights, batches, a network and its optimizer."""

import functools
from dataclasses import replace

import numpy as np
import torch

from sktext import _threads
from sktext._component import MAX_SEED
from sktext._devices import find_device
from sktext._training import _callbacks, _optimizers, _weights
from sktext._training._column_layer import add_columns
from sktext._training._convergence import loss_at_start
from sktext._training._held_out_rows import HELD_OUT_OF
from sktext._training._judged_labels import (
    MAX_LABELS,
    is_sum_of_labels,
    labels_to_judge,
    loss_of_labels,
)
from sktext._training._lr_schedules import warmup_of
from sktext._training._net import Net
from sktext._training._network_input import row_norm, to_batches, to_network_input
from sktext._training._preconditioner import column_squares, hessian_diagonal
from sktext._training._resample import resample
from sktext._training._runs import TrainingRows, TrainingRun
from sktext._training._weight_decay import FIRST, Path, Shrinkage
from sktext.modules import MLP
from sktext.sampling import EpochSampler

# Validation texts in a batch.
VALIDATION_BATCH = 256
# With fewer rows, those that would be held out say too little about the weight decay.
MIN_ROWS = 40


class Preparation:
    """Prepare the runs of a classifier.

    Parameters
    ----------
    settings : Settings
    features : Features
        Convert the rows to what the network reads.
    network : Network
        Makes the network.
    labels : Labels
        The labels that the targets encode.
    net : Net or None
        The net of an earlier fit to resume from.
    """

    def __init__(self, settings, features, network, labels, net=None):
        self.settings = settings
        self.features = features
        self.network = network
        self.labels = labels
        self.net = net

    def rows(self, train, validation, rng):
        """Learn the features and resample, independent of loss, weights and optimizer."""
        sampler_seed, net_seed, order_seed = rng.randint(MAX_SEED, size=3)
        if self.net is None:
            matrix = self.features.fit_transform(train.X, train.target, train.weight)
        else:
            matrix = self.features.transform(train.X)
        train, draw = self._sample(train, train._replace(X=matrix), int(sampler_seed))
        x = to_network_input(train.X, self.network.dtype)
        validation, validation_x = self._prepare_validation(validation)
        seeds = int(net_seed), int(order_seed)
        return TrainingRows(train, x, draw, validation, validation_x, *seeds, self.features)

    def run(self, rows, *, partial=False):
        """Weigh the rows, make the network and choose its optimizer."""
        _threads.look()  # large tables are filled with numbers
        settings, train = self.settings, rows.train
        weight = _weights.weigh_rows(self.labels, train, settings.class_weight)
        if not partial:
            _weights.warn_of_missing_classes(self.labels, train, settings.class_weight)
        net, start = self._net_of(rows, weight, partial)
        self.network.begin(net.module_)
        row_wise = not isinstance(rows.x, torch.Tensor)
        plan = _optimizers.choose(
            settings,
            net,
            reads_tokens=self.features.reads_tokens,
            n_values=rows.n_values,
            row_wise=row_wise and not _callbacks.look_at_gradients(settings.callbacks),
            partial=partial,
            draws=rows.draw is not None,
            sizes=self.network.step_sizes(net.module_),
        )
        if plan.full_batch:
            plan = replace(plan, hessian_diagonal=self._hessian_diagonal(net, rows, weight))
            batches = self._batches(rows.x_with_columns, train.target, weight)
            plan = self._shrunk(plan, net, rows, weight)
        else:
            batches = self._batches(rows.x, train.target, weight, **self._order(rows, weight))
        validation_batches = self._validation_batches(rows, net)
        n_epochs = 1 if partial else settings.n_epochs(len(rows.x), net.n_classes)
        schedule = None if partial else settings.lr_schedule
        factor = warmup_of(schedule, n_epochs * batches.n_steps)
        validated = validation_batches, rows.validation
        return TrainingRun(net, plan, batches, *validated, start, n_epochs, factor, partial)

    def _sample(self, raw, rows, seed):
        """Resample rows; return them, and what draws the rows of each epoch or None.

        Parameters
        ----------
        raw : Rows
            For samplers of texts: the rows before their features are computed.
        rows : Rows
            The same rows with their features.
        seed : int
        """
        sampler, reweight = self.settings.sampler, self.settings.reweight
        if sampler is None:
            return rows, None
        if isinstance(sampler, EpochSampler):
            return rows, functools.partial(sampler.epoch, reweight=reweight)
        how = {"classes": self.labels.classes, "reweight": reweight, "seed": seed}
        if not getattr(sampler, "needs_texts", False):
            return resample(sampler, rows, **how)[0], None
        rows, _ = resample(sampler, raw, **how)
        return rows._replace(X=self.features.transform(rows.X)), None

    def _prepare_validation(self, validation):
        """Return the validation rows in the order of their batches, and their features."""
        if validation is None:
            return None, None
        matrix = self.features.transform(validation.X)
        if self.features.reads_tokens:
            order = np.argsort(matrix.lengths, kind="stable")  # so that little is padding
            validation, matrix = validation.take(order), matrix[order]
        return validation, to_network_input(matrix, self.network.dtype)

    def _order(self, rows, weight):
        """Return how training rows are shuffled and divided into batches."""
        order = {
            "batch_size": self.settings.batch_size,
            "rng": np.random.RandomState(rows.order_seed),
            "per_step": self.settings.gradient_accumulation_steps,
        }
        if rows.draw is not None:
            order["draw"] = functools.partial(rows.draw, np.maximum(rows.train.target, 0), weight)
        return order

    def _validation_batches(self, rows, net):
        """Return the batches of the validation rows, or None without them."""
        if rows.validation is None:
            return None
        how = self.settings.class_weight
        weight = _weights.weigh_rows(self.labels, rows.validation, how, train=rows.train)
        size = VALIDATION_BATCH if self.features.reads_tokens else None
        order = {"batch_size": size, "n_tokens": net.n_tokens_at_once}
        return self._batches(rows.validation_x, rows.validation.target, weight, **order)

    def _batches(self, x, target, weight, **order):
        target = np.maximum(target, 0)  # labels that were not observed have weight zero
        kind = {"multiclass": self.labels.task == "multiclass", "dtype": self.network.dtype}
        return to_batches(x, target, weight, **kind, **order)

    # -- the weight decay -------------------------------------------------------------

    def _shrunk(self, plan, net, rows, weight):
        """Set the weight decay of a linear model from its rows, unless the user has set it."""
        if self.settings.weight_decay != "auto":
            return plan
        if self.net is None and type(net.module_) is MLP and net.module_.is_linear:
            net.shrinkage = self._shrinkage(plan, net, rows, weight)
        if net.shrinkage is None:
            return plan
        decay, scale = net.shrinkage.decay, net.shrinkage.scale
        penalty = _optimizers.penalty_of(decay, net)
        return replace(plan, weight_decay=decay, penalty=penalty, scale=scale)

    def _shrinkage(self, plan, net, rows, weight):
        """Choose the weight decay by rows that are held out.

        Of many labels some are judged, as fits of all would take too long. Otherwise the network
        starts where the choice has ended.
        """
        norm = row_norm(rows.x, rows.train.weight)
        if not np.isfinite(norm):  # training will say so
            return None
        division = rows.division
        first = FIRST * norm**2 / division.n_distinct
        several = self.labels.task == "multilabel"
        if division.n_distinct < MIN_ROWS or not division.held_out.any():
            return None if several else Shrinkage(first)
        target, fitted = rows.train.target, (net.module_, net.criterion_, plan)
        if several and target.shape[1] > MAX_LABELS:
            if not is_sum_of_labels(net.criterion_):
                return None
            columns = labels_to_judge(target)
            fitted = self._fit_of_labels(plan, net, rows, weight, columns)
            target = target[:, columns]
            weight = weight[:, columns] if weight is not None and weight.ndim == 2 else weight
        parts = []
        for x, (part, own_weight) in zip(rows.divided_x, division.parts(weight), strict=True):
            batches = self._batches(x, target[part], own_weight)
            for inputs, own_target in batches.to(net.torch_device):
                parts.append((inputs.x, own_target, inputs.weight))
        n_outputs = target.shape[1] if several else 1
        path = Path(*fitted, *parts, division.n_distinct / HELD_OUT_OF)
        return path.walk(first, n_outputs)

    def _fit_of_labels(self, plan, net, rows, weight, columns):
        """Return the module, the loss and the plan for some of the labels."""
        train, n_labels = rows.train, rows.train.target.shape[1]
        loss = self._built_loss(train, self.labels.counts(train.target, train.weight), columns)
        module = self._make_module(rows, len(columns))
        module.to(self.network.dtype).to(net.torch_device)
        with torch.no_grad():
            module.head.bias.copy_(net.module_.head.bias[columns])
        diagonal = plan.hessian_diagonal
        if diagonal is not None:
            diagonal = diagonal[:, columns] * (n_labels / len(columns))
        return module, loss.to(net.torch_device), replace(plan, hessian_diagonal=diagonal)

    # -- the net ----------------------------------------------------------------------

    def _net_of(self, rows, weight, partial):
        """Make the net, or take the one to resume; return it with the loss at the start."""
        train, counts = rows.train, self.labels.counts(rows.train.target, rows.train.weight)
        if partial and self.net is not None:
            self.network.grow(self.net, rows.x)
            self.net.class_counts = self.net.class_counts + counts
            return self.net, None
        if rows.draw is not None:
            rng = np.random.RandomState(rows.net_seed)
            drawn = rows.draw(np.maximum(train.target, 0), weight, rng=rng)
            train, weight = _weights.drawn(train, weight, *drawn)
            counts = self.labels.counts(train.target, train.weight)
        loss = self._built_loss(train, counts)
        prior = torch.from_numpy(_weights.class_prior(self.labels, train.target, weight))
        if self.net is None:
            bias = _weights.start_bias(loss, self.settings.bias_init, prior)
            # One pass of partial_fit is too short to compare its loss with that at the start.
            start = None if partial else self._loss_at_start(loss, bias, train.target, weight)
            net = self._make_net(rows, loss, bias)
            if loss.penalty(net.module_) is not None:  # later losses have it added
                start = None
        else:
            net, start, bias = self.net, None, None
            net.criterion_ = loss.to(net.torch_device)
            self.network.grow(net, rows.x)
        net.class_counts = counts
        if self.features.reads_tokens:
            bias = _weights.start_bias(loss, "prior", prior) if bias is None else bias
            net.prior_logits = bias.double()
        return net, start

    def _built_loss(self, train, counts, columns=None):
        """Build the loss of all labels, or of some."""
        loss = self.settings.copy_loss()
        n_rows = len(train.target) if train.weight is None else train.weight.sum()
        if self.labels.task == "multilabel":  # the loss takes all other rows for negatives
            observed = self.labels.n_observed(train.target, train.weight)
            counts = counts * n_rows / np.where(observed > 0, observed, 1)
        if columns is not None:
            loss = loss_of_labels(loss, columns, len(counts))
            return loss.build(self.labels.task, counts[columns], n_rows)
        loss.build(self.labels.task, counts, n_rows)
        _weights.warn_of_double_correction(self.settings, loss)
        return loss

    def _make_net(self, rows, loss, bias):
        module = self._make_module(rows, self.labels.n_outputs)
        head_bias = getattr(getattr(module, "head", None), "bias", None)
        if bias is not None and head_bias is not None:
            with torch.no_grad():
                head_bias.copy_(bias)
        params = _optimizers.check_net_params(self.settings.net_params)
        return Net(
            module.to(self.network.dtype),
            criterion=loss,
            n_classes=len(self.labels.classes),
            device=str(find_device(self.settings.device)),
            **self.network.options,
            **{key: params[key] for key in params if not key.startswith("optimizer__")},
        ).initialize()

    def _make_module(self, rows, n_outputs):
        """Make the network, with a layer for the columns beside texts if there are some."""
        given = self.features.texts, rows.x, rows.train.weight
        module = self.network.make_module(*given, n_outputs, rows.net_seed)
        add_columns(module, rows.x, n_outputs)
        return module

    def _loss_at_start(self, loss, bias, target, weight):
        """Compute the loss of the start biases alone."""
        bias = torch.zeros(self.labels.n_outputs) if bias is None else bias
        batches = self._batches(torch.empty(len(target), 0), target, weight)
        return loss_at_start(loss, bias, batches.target, batches.weight)

    def _hessian_diagonal(self, net, rows, weight):
        """Estimate the second derivatives of the loss of a linear model; None of other models."""
        linear = type(net.module_) is MLP and net.module_.is_linear  # not a user's network
        curvature = net.criterion_.curvature
        if not linear or curvature is None:
            return None
        squares = rows.column_squares if weight is None else column_squares(rows.x, weight)
        if not torch.isfinite(squares).all():  # else no weight would change
            return None
        prior = _weights.class_prior(self.labels, rows.train.target, weight)
        diagonal = curvature * hessian_diagonal(squares, torch.from_numpy(prior))
        return diagonal / len(prior) if self.labels.task == "multilabel" else diagonal
