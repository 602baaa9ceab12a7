"""One fit of a classifier: its rows, its preparation, its training and its fitted attributes."""

from dataclasses import replace

import torch
from sklearn.utils import check_random_state

from sktext._component import MAX_SEED
from sktext._fingerprint import fingerprint
from sktext._training import _callbacks
from sktext._training._checkpoints import Checkpoint
from sktext._training._convergence import warn_of_bad_ends, warn_of_standing_still
from sktext._training._divergence import refuse_bad_network
from sktext._training._early_stopping import validation_callbacks
from sktext._training._given_rows import read_rows, read_validation, refuse_half_a_pair, split
from sktext._training._loop import epochs
from sktext._training._loss_checks import check_cells, check_task
from sktext._training._lr_schedules import lr_callback
from sktext._training._preparation import Preparation
from sktext._training._settings import Settings
from sktext._training._sklearn_callbacks import epoch_tasks
from sktext._training._steps import steps_of


class Trainer:
    """Fit a classifier: ``read``, then ``prepare``, then ``train``.

    Parameters
    ----------
    classifier : classifier
        Makes its features and its network; gets the fitted attributes.
    resume : bool, default=False
        Whether training resumes from an earlier fit, if there is one.
    **changes : dict
        Settings that differ from the parameters of the classifier.
    """

    def __init__(self, classifier, *, resume=False, **changes):
        self.classifier = classifier
        self.settings = replace(Settings.of(classifier), **changes)
        self.features = classifier._features()
        self.network = classifier._make_network()
        self.net = getattr(classifier, "net_", None) if resume else None
        self.labels = None if self.net is None else classifier._labels

    # -- before training --------------------------------------------------------------

    def read(
        self, X, y, sample_weight=None, X_val=None, y_val=None, *, classes=None, partial=False
    ):
        """Check the rows, learn the labels unless training resumes, and split off validation rows.

        Parameters
        ----------
        X, y, sample_weight, X_val, y_val, classes : array-like
            As ``fit`` and ``partial_fit`` take them.
        partial : bool, default=False
            Whether the rows are for one pass of ``partial_fit``.

        Returns
        -------
        train : Rows
            Training rows.
        validation : Rows or None
            Validation rows.
        rng : RandomState
            Source of all further draws.
        """
        refuse_half_a_pair(X_val, y_val)
        if self.net is not None:
            self.refuse_other_network()
        given = self.features, self.settings.loss, self.labels, X, y, sample_weight
        rows, self.labels = read_rows(*given, classes=classes, partial=partial)
        if self.net is None:  # a net of an earlier fit may be for other labels
            vars(self.classifier).pop("net_", None)
        rng = check_random_state(self.classifier.random_state)
        if not partial:
            self.labels.refuse_unobserved(rows.target)
            # Drawn also without a split, so that later draws do not depend on it.
            split_seed = rng.randint(MAX_SEED)
        if X_val is not None:
            given = self.features, self.settings.loss, self.labels, X_val, y_val
            return rows, read_validation(*given), rng
        if partial or not self.settings.early_stopping:
            return rows, None, rng
        return *split(rows, self.settings.validation_fraction, split_seed), rng

    def follow(self, labels, features, train):
        """Use the labels and the features that another trainer has learned.

        Parameters
        ----------
        labels : Labels
        features : Features
        train : Rows
            Training rows, which the loss must be able to take.
        """
        self.labels, self.features = labels, features
        check_task(self.settings.loss, self.labels.task)
        check_cells(self.settings.loss, self.labels, train.target)

    def prepare(self, train, validation, rng, *, partial=False):
        """Learn the features, and make the network and the batches.

        Parameters
        ----------
        train : Rows
            Training rows.
        validation : Rows or None
        rng : RandomState
        partial : bool, default=False
            Whether the run is one pass of ``partial_fit``.

        Returns
        -------
        run : TrainingRun
        """
        return self.prepare_run(self.prepare_rows(train, validation, rng), partial=partial)

    def prepare_rows(self, train, validation, rng):
        """Learn the features and resample, independent of loss, weights and optimizer."""
        return self._preparation.rows(train, validation, rng)

    def prepare_run(self, rows, *, partial=False):
        """Weigh the rows, make the network, choose its optimizer, and set the fitted attributes."""
        run = self._preparation.run(rows, partial=partial)
        self._set_fitted(run.net)
        return run

    @property
    def _preparation(self):
        return Preparation(self.settings, self.features, self.network, self.labels, self.net)

    def _set_fitted(self, net):
        """Set the fitted attributes of the classifier, unless training resumes."""
        if self.net is None:
            learned = {"_labels": self.labels, "classes_": self.labels.classes}
            learned |= self.features.learned() | self.network.learned()
            for name in self.features.outdated:
                vars(self.classifier).pop(name, None)
            vars(self.classifier).update(learned, _network=self._network_params(), net_=net)

    def _network_params(self):
        """Return fingerprints of the parameters that the network is made from."""
        names = self.classifier._network_params
        return {name: fingerprint(getattr(self.classifier, name)) for name in names}

    def refuse_other_network(self):
        """Raise if parameters have changed that the trained network depends on."""
        before = self.classifier._network
        changed = [name for name, now in self._network_params().items() if now != before[name]]
        if changed:
            raise ValueError(
                f"{', '.join(changed)} changed since the first fit, but training continues with "
                "the network that was made then; fit again with warm_start=False."
            )

    # -- training ---------------------------------------------------------------------

    def train(self, run, checkpoint=None, steps=steps_of):
        """Train a prepared run to the end.

        Parameters
        ----------
        run : TrainingRun
        checkpoint : Path or None
            File to save the run in, and to resume from.
        steps : callable
            From the net to the object that makes its steps.
        """
        for _ in self.epochs(run, checkpoint, steps):
            pass

    def epochs(self, run, checkpoint=None, steps=None):
        """Train a prepared run, with the steps of each epoch left to the caller.

        Parameters
        ----------
        run : TrainingRun
        checkpoint : Path or None
        steps : callable or None
            As of ``train``; None leaves the steps to the caller.

        Yields
        ------
        net : Net
            Its weights are to be changed by an epoch, whose mean loss is to be sent.
        """
        net = run.net
        callbacks, stopper = self._callbacks(run, checkpoint, steps)
        if self.settings.verbose and run.plan.reason:
            print(f"optimizer='auto' is {run.plan.name!r}: {run.plan.reason}.")
        net.begin(run.plan, callbacks, verbose=self.settings.verbose, partial=run.partial)
        train, validation = run.train_batches.to(net.torch_device), run.validation_batches
        validation = None if validation is None else validation.to(net.torch_device)
        with self.network.training(net):
            net.notify("on_train_begin", X=train, y=None)
            try:
                made = None if steps is None else steps(net)
                yield from epochs(net, train, validation, run.n_epochs, made)
            finally:  # a fit that is interrupted can predict as well
                net.notify("on_train_end", X=train, y=None)
                net.best_validation_score = stopper.best_value if stopper else None
                scale_head(net, run.plan.scale)
        refuse_bad_network(net, run.train_batches.x)
        if checkpoint is not None:
            checkpoint.unlink(missing_ok=True)
        warn_of_standing_still(net.optimizer_, net.criterion_)
        if run.start is not None:
            warn_of_bad_ends(net.history_, run, stopper)

    def _callbacks(self, run, checkpoint, steps):
        """Return the callbacks of a run, and the one that may stop it early."""
        settings, validation = self.settings, run.validation
        own = {} if validation is None else validation_callbacks(settings, self.labels, validation)
        stopper = own.get("early_stopping")
        callbacks = [*own.items()]
        # Who makes the steps of a run follows the schedule as well.
        if settings.lr_schedule and not run.partial and steps is not None:
            schedule = lr_callback(
                settings.lr_schedule, run.n_epochs, run.train_batches.n_steps, stopper
            )
            callbacks.append(("lr_schedule", schedule))
        callbacks += epoch_tasks(self.classifier)
        callbacks += self.network.callbacks()
        callbacks += _callbacks.copies(settings.callbacks)
        callbacks += _callbacks.log_callbacks(settings.verbose, run.n_epochs)
        if checkpoint is not None:  # last, to save what the others have done
            callbacks.append(("checkpoint", Checkpoint(checkpoint, run.train_batches)))
        return callbacks, stopper


def scale_head(net, scale):
    """Multiply the weights and the biases of the last layer."""
    if scale != 1:
        with torch.no_grad():
            for parameter in net.module_.head.parameters():
                parameter *= scale


def is_trainable(estimator):
    """Return whether a Trainer can fit an estimator."""
    return hasattr(estimator, "_make_features") and hasattr(estimator, "_make_network")


def features_of(classifier):
    """Return the features of a fitted classifier."""
    return classifier._features()
