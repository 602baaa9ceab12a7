"""What every classifier does to train, once rows are checked and set aside."""

from functools import partial

import numpy as np
import torch

from sktext import _optimizers
from sktext._component import MAX_SEED, resolve
from sktext._devices import find_device
from sktext._net import Net
from sktext.classifiers import _callbacks, _weights
from sktext.classifiers._parts import row_norm, to_batches, to_rows
from sktext.losses import LOSSES
from sktext.modules import SparseRows
from sktext.sampling import SAMPLERS, EpochSampler
from sktext.sampling._resample import resample


class TrainingMixin:
    """Training of a classifier that has ``_labels`` and says what its features are."""

    # Parameters that the network is made from, which cannot change while it trains on.
    _network_params = ("dtype", "device")

    # Whoever predicts or scores under torch.inference_mode may fit there, too.
    @torch.inference_mode(False)
    @torch.enable_grad()
    def _train(self, part, held, rng, *, fresh, online=False):
        sampler_seed, net_seed, order_seed = rng.randint(MAX_SEED, size=3)
        learn = self._fit_features if fresh else lambda X, target: self._transform_features(X)
        features = part._replace(X=learn(part.X, part.target))
        part, draw = self._sample(part, features, int(sampler_seed))
        weight = _weights.weigh_rows(self._labels, part, self.class_weight)
        x = to_rows(part.X, self._torch_dtype)
        self._make_or_keep_net(x, part, weight, draw, int(net_seed), fresh=fresh, online=online)
        is_sparse = isinstance(x, SparseRows)
        plan = _optimizers.choose(
            self, self.net_, sparse_rows=is_sparse, online=online, draws=draw is not None
        )
        if plan.full_batch:
            train = self._batches(x.with_transposed() if is_sparse else x, part.target, weight)
        else:
            order = {"batch_size": self.batch_size, "rng": np.random.RandomState(order_seed)}
            if draw is not None:
                order["draw"] = partial(draw, part.target, weight)
            train = self._batches(x, part.target, weight, **order)
        valid = None
        if held is not None:
            weight = _weights.weigh_rows(self._labels, held, self.class_weight, train=part)
            features = self._transform_features(held.X)
            valid = self._batches(to_rows(features, self._torch_dtype), held.target, weight)
        self._run(train, valid, held, plan, online=online)

    def _sample(self, raw, features, seed):
        """Resample the rows, or return them with the draw of each epoch."""
        if self.sampler is None:
            return features, None
        sampler = resolve(self.sampler, SAMPLERS, "sampler")
        if isinstance(sampler, EpochSampler):
            return features, partial(sampler.epoch, reweight=self.reweight)
        how = {"classes": self.classes_, "reweight": self.reweight, "seed": seed}
        if not getattr(sampler, "needs_texts", False):
            return resample(sampler, features, **how)[0], None
        part, _ = resample(sampler, raw, **how)
        return part._replace(X=self._transform_features(part.X)), None

    def _make_or_keep_net(self, x, part, weight, draw, seed, *, fresh, online):
        if online and not fresh:
            return
        norm = row_norm(x, part.weight)
        if draw is not None:
            rng = np.random.RandomState(seed)
            part, weight = _weights.drawn(part, weight, *draw(part.target, weight, rng=rng))
        loss = self._make_loss(part)
        if fresh:
            self.net_ = self._make_net(x.shape[1], norm, loss, part, weight, seed)
            self._network = {name: repr(getattr(self, name)) for name in self._network_params}
        else:
            self.net_.criterion_ = loss.to(self.net_.torch_device)

    def _make_loss(self, part):
        loss = resolve(self.loss, LOSSES, "loss")
        n_rows = len(part.target) if part.weight is None else part.weight.sum()
        self.class_counts_ = self._labels.counts(part.target, part.weight)
        loss.build(self._labels.task, self.class_counts_, n_rows)
        _weights.warn_of_double_correction(self, loss)
        return loss

    def _make_net(self, n_features, norm, loss, part, weight, seed):
        module = self.make_module(n_features, self._labels.n_outputs, norm, seed)
        prior = torch.from_numpy(_weights.class_prior(self._labels, part.target, weight))
        bias = _weights.start_bias(loss, self.bias_init, prior)
        head_bias = getattr(getattr(module, "head", None), "bias", None)
        if bias is not None and head_bias is not None:
            with torch.no_grad():
                head_bias.copy_(bias)
        params = _optimizers.check_net_params(self.net_params)
        return Net(
            module.to(self._torch_dtype),
            criterion=loss,
            n_classes=len(self.classes_),
            device=str(find_device(self.device)),
            **{key: params[key] for key in params if not key.startswith("optimizer__")},
        ).initialize()

    def _run(self, train, valid, held, plan, *, online):
        n_epochs = 1 if online else self.max_epochs
        watched = {} if held is None else _callbacks.watch(self, held)
        callbacks = [*watched.items()]
        stopper = watched.get("early_stopping")
        if self.lr_schedule and not online:
            monitor = stopper.monitor if stopper else "train_loss"
            schedule = _callbacks.lr_callback(self.lr_schedule, n_epochs, len(train), monitor)
            callbacks.append(("lr_schedule", schedule))
        callbacks += _callbacks.copies(self.callbacks)
        callbacks += _callbacks.log_callbacks(self.verbose, n_epochs)
        self.net_.begin(plan, callbacks, verbose=self.verbose, go_on=online)
        try:
            self.net_.train(train, valid, n_epochs)
        finally:  # what was interrupted is whole, too
            self.n_iter_ = len(self.net_.history_)
            self.best_validation_score_ = stopper.best_value if stopper else None

    @property
    def _torch_dtype(self):
        return getattr(torch, self.dtype)

    def _batches(self, x, target, weight, **order):
        multiclass = self._labels.task == "multiclass"
        return to_batches(
            x, target, weight, multiclass=multiclass, dtype=self._torch_dtype, **order
        )
