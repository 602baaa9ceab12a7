"""What a training run needs: features, weights, batches, a network and its optimizer."""

from dataclasses import replace
from functools import partial

import numpy as np
import torch

from sktext import _threads
from sktext._component import MAX_SEED
from sktext._devices import find_device
from sktext._training import _callbacks, _optimizers, _weights
from sktext._training._convergence import loss_at_start
from sktext._training._curvature import column_squares, curvatures
from sktext._training._net import Net
from sktext._training._parts import to_batches, to_rows
from sktext._training._resample import resample
from sktext._training._runs import TrainingRows, TrainingRun
from sktext.modules import MLP
from sktext.sampling import EpochSampler

# Validation texts that are looked at together.
VALIDATION_BATCH = 256


class Preparation:
    """Prepares the runs of a classifier.

    Parameters
    ----------
    settings : Settings
    features : Features
        What the rows become.
    network : Network
        What reads them.
    labels : Labels
        What the targets mean.
    net : Net or None
        That an earlier fit has trained, to go on from.
    """

    def __init__(self, settings, features, network, labels, net=None):
        self.settings = settings
        self.features = features
        self.network = network
        self.labels = labels
        self.net = net

    def rows(self, part, validation, rng):
        """Learn the features and resample: all that loss, weights and optimizer do not change."""
        sampler_seed, net_seed, order_seed = rng.randint(MAX_SEED, size=3)
        if self.net is None:
            matrix = self.features.fit_transform(part.X, part.target)
        else:
            matrix = self.features.transform(part.X)
        part, draw = self._sample(part, part._replace(X=matrix), int(sampler_seed))
        x = to_rows(part.X, self.network.dtype)
        validation, validation_x = self._prepare_validation(validation)
        seeds = int(net_seed), int(order_seed)
        return TrainingRows(part, x, draw, validation, validation_x, *seeds)

    def run(self, rows, *, partial=False):
        """Weigh the rows, make the network and choose its optimizer."""
        _threads.look()  # large tables are filled with numbers
        settings, part = self.settings, rows.part
        weight = _weights.weigh_rows(self.labels, part, settings.class_weight)
        if not partial:
            _weights.warn_of_missing_classes(self.labels, part, settings.class_weight)
        net, start = self._net_of(rows, weight, partial)
        row_wise = not isinstance(rows.x, torch.Tensor)
        plan = _optimizers.choose(
            settings,
            net,
            reads_tokens=self.features.reads_tokens,
            row_wise=row_wise and not _callbacks.look_at_gradients(settings.callbacks),
            online=partial,
            draws=rows.draw is not None,
        )
        if plan.full_batch:
            plan = replace(plan, curvatures=self._curvatures(net, rows, weight))
            train = self._batches(rows.x_with_columns, part.target, weight)
        else:
            train = self._batches(rows.x, part.target, weight, **self._order(rows, weight))
        valid = self._validation_batches(rows)
        start = None if partial else start
        return TrainingRun(net, plan, train, valid, rows.validation, start, partial)

    def _sample(self, raw, part, seed):
        """Resample the rows, or return them with the draw of each epoch."""
        sampler, reweight = self.settings.sampler, self.settings.reweight
        if sampler is None:
            return part, None
        if isinstance(sampler, EpochSampler):
            return part, partial(sampler.epoch, reweight=reweight)
        how = {"classes": self.labels.classes, "reweight": reweight, "seed": seed}
        if not getattr(sampler, "needs_texts", False):
            return resample(sampler, part, **how)[0], None
        part, _ = resample(sampler, raw, **how)
        return part._replace(X=self.features.transform(part.X)), None

    def _prepare_validation(self, part):
        """Put the validation rows in the order they will be scored in, with their features."""
        if part is None:
            return None, None
        matrix = self.features.transform(part.X)
        if self.features.reads_tokens:
            order = np.argsort(matrix.lengths, kind="stable")  # so that little is padding
            part, matrix = part.rows(order), matrix[order]
        return part, to_rows(matrix, self.network.dtype)

    def _order(self, rows, weight):
        """Return how training rows are shuffled and divided into batches."""
        order = {
            "batch_size": self.settings.batch_size,
            "rng": np.random.RandomState(rows.order_seed),
            "per_step": self.settings.gradient_accumulation_steps,
        }
        if rows.draw is not None:
            order["draw"] = partial(rows.draw, np.maximum(rows.part.target, 0), weight)
        return order

    def _validation_batches(self, rows):
        if rows.validation is None:
            return None
        how = self.settings.class_weight
        weight = _weights.weigh_rows(self.labels, rows.validation, how, train=rows.part)
        size = VALIDATION_BATCH if self.features.reads_tokens else None
        return self._batches(rows.validation_x, rows.validation.target, weight, batch_size=size)

    def _batches(self, x, target, weight, **order):
        target = np.maximum(target, 0)  # what was not observed has weight zero, whatever it is
        kind = {"multiclass": self.labels.task == "multiclass", "dtype": self.network.dtype}
        return to_batches(x, target, weight, **kind, **order)

    # -- the net ----------------------------------------------------------------------

    def _net_of(self, rows, weight, partial):
        """Make the net, or let the one there is go on; return it with the loss at the start."""
        part, counts = rows.part, self.labels.counts(rows.part.target, rows.part.weight)
        if partial and self.net is not None:
            self.network.grow(self.net, rows.x)
            self.net.class_counts = self.net.class_counts + counts
            return self.net, None
        if rows.draw is not None:
            rng = np.random.RandomState(rows.net_seed)
            drawn = rows.draw(np.maximum(part.target, 0), weight, rng=rng)
            part, weight = _weights.drawn(part, weight, *drawn)
            counts = self.labels.counts(part.target, part.weight)
        loss = self._built_loss(part, counts)
        prior = torch.from_numpy(_weights.class_prior(self.labels, part.target, weight))
        if self.net is None:
            bias = _weights.start_bias(loss, self.settings.bias_init, prior)
            start = self._loss_at_start(loss, bias, part.target, weight)
            net = self._make_net(rows, loss, bias)
            if loss.penalty(net.module_) is not None:  # which is in the later losses only
                start = None
        else:
            net, start = self.net, None
            net.criterion_ = loss.to(net.torch_device)
            self.network.grow(net, rows.x)
        net.class_counts = counts
        if self.features.reads_tokens:
            net.prior_logits = _weights.start_bias(loss, "prior", prior).double()
        return net, start

    def _built_loss(self, part, counts):
        loss = self.settings.fresh_loss()
        n_rows = len(part.target) if part.weight is None else part.weight.sum()
        if self.labels.task == "multilabel":  # the loss takes what is left of n_rows for negatives
            observed = self.labels.n_observed(part.target, part.weight)
            counts = counts * n_rows / np.where(observed > 0, observed, 1)
        loss.build(self.labels.task, counts, n_rows)
        _weights.warn_of_double_correction(self.settings, loss)
        return loss

    def _make_net(self, rows, loss, bias):
        n_outputs = self.labels.n_outputs
        given = self.features, rows.x, rows.part.weight
        module = self.network.make_module(*given, n_outputs, rows.net_seed)
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

    def _loss_at_start(self, loss, bias, target, weight):
        """Compute the loss of the start biases alone."""
        bias = torch.zeros(self.labels.n_outputs) if bias is None else bias
        batches = self._batches(torch.empty(len(target), 0), target, weight)
        return loss_at_start(loss, bias, batches.target, batches.weight)

    def _curvatures(self, net, rows, weight):
        """Guess how sharply the loss of a linear model bends along each weight."""
        linear = type(net.module_) is MLP and net.module_.is_linear  # none of your own
        # Losses with probabilities bend like the log of one; margins and labels do not.
        guessed = net.criterion_.proba in ("proper", "invertible")
        if not (linear and guessed) or self.labels.task == "multilabel":
            return None
        squares = rows.column_squares if weight is None else column_squares(rows.x, weight)
        if not torch.isfinite(squares).all():  # which would keep every weight where it starts
            return None
        prior = _weights.class_prior(self.labels, rows.part.target, weight)
        return curvatures(squares, torch.from_numpy(prior))
