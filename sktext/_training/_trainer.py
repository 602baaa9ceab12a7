"""One fit of a classifier: its rows, its preparation, its training, and what it has learned."""

from dataclasses import replace

from sklearn.utils import check_random_state

from sktext._component import MAX_SEED
from sktext._fingerprint import fingerprint
from sktext._training import _callbacks
from sktext._training._checkpoints import Checkpoint
from sktext._training._convergence import warn_of_bad_ends
from sktext._training._divergence import refuse_bad_network
from sktext._training._given_rows import read_rows, read_validation, refuse_half_a_pair, split
from sktext._training._loop import epochs
from sktext._training._loss_checks import check_cells, check_task
from sktext._training._lr_schedules import lr_callback
from sktext._training._preparation import Preparation
from sktext._training._settings import Settings
from sktext._training._sklearn_callbacks import epoch_tasks
from sktext._training._steps import steps_of
from sktext._training._watching import watch


class Trainer:
    """Fits a classifier: ``read``, then ``prepare``, then ``train``.

    Parameters
    ----------
    classifier : classifier
        Says what its features and its network are; gets what is learned.
    going_on : bool, default=False
        Whether training goes on from an earlier fit, if there is one.
    **changes : dict
        Settings that differ from the parameters of the classifier.
    """

    def __init__(self, classifier, *, going_on=False, **changes):
        self.classifier = classifier
        self.settings = replace(Settings.of(classifier), **changes)
        self.features = classifier._make_features()
        self.network = classifier._make_network()
        self.net = getattr(classifier, "net_", None) if going_on else None
        self.labels = None if self.net is None else classifier._labels

    # -- before training --------------------------------------------------------------

    def read(
        self, X, y, sample_weight=None, X_val=None, y_val=None, *, classes=None, partial=False
    ):
        """Check the rows, learn the labels unless training goes on, and hold some rows out.

        Parameters
        ----------
        X, y, sample_weight, X_val, y_val, classes : array-like
            As ``fit`` and ``partial_fit`` take them.
        partial : bool, default=False
            Whether it is for one pass of ``partial_fit``.

        Returns
        -------
        part : Part
            Training rows.
        validation : Part or None
        rng : RandomState
        """
        refuse_half_a_pair(X_val, y_val)
        if self.net is not None:
            self.refuse_other_network()
        given = self.features, self.settings.loss, self.labels, X, y, sample_weight
        part, self.labels = read_rows(*given, classes=classes, partial=partial)
        if self.net is None:  # what was fitted to other labels is no use from here
            vars(self.classifier).pop("net_", None)
        rng = check_random_state(self.classifier.random_state)
        if partial:
            seed = None
        else:
            self.labels.refuse_unobserved(part.target)
            seed = rng.randint(MAX_SEED)
        if X_val is not None:
            given = self.features, self.settings.loss, self.labels, X_val, y_val
            return part, read_validation(*given), rng
        if partial or not self.settings.early_stopping:
            return part, None, rng
        return *split(part, self.settings.validation_fraction, seed), rng

    def follow(self, other, part):
        """Take over the labels and the features that another trainer has learned.

        Parameters
        ----------
        other : Trainer
        part : Part
            The training rows, which the loss must suit.
        """
        self.labels, self.features = other.labels, other.features
        check_task(self.settings.loss, self.labels.task)
        check_cells(self.settings.loss, self.labels, part.target)

    def prepare(self, part, validation, rng, *, partial=False):
        """Learn the features, make the network and put the rows into batches.

        Parameters
        ----------
        part : Part
            Training rows.
        validation : Part or None
        rng : RandomState
        partial : bool, default=False
            Whether it is for one pass of ``partial_fit``.

        Returns
        -------
        run : TrainingRun
        """
        return self.prepare_run(self.prepare_rows(part, validation, rng), partial=partial)

    def prepare_rows(self, part, validation, rng):
        """Learn the features and resample: all that loss, weights and optimizer do not change."""
        return self._preparation.rows(part, validation, rng)

    def prepare_run(self, rows, *, partial=False):
        """Weigh the rows, make the network, choose its optimizer; give the classifier its net."""
        run = self._preparation.run(rows, partial=partial)
        self._hand_over(run.net)
        return run

    @property
    def _preparation(self):
        return Preparation(self.settings, self.features, self.network, self.labels, self.net)

    def _hand_over(self, net):
        """Give the classifier what was learned."""
        if self.net is None:
            learned = {"_labels": self.labels, "classes_": self.labels.classes}
            learned |= self.features.learned() | self.network.learned()
            vars(self.classifier).update(learned, _network=self._network_params(), net_=net)

    def _network_params(self):
        """Return the parameters that the network is made from, to see whether they change."""
        names = self.classifier._network_params
        return {name: fingerprint(getattr(self.classifier, name)) for name in names}

    def refuse_other_network(self):
        """Raise if parameters have changed that cannot while training goes on."""
        before = self.classifier._network
        changed = [name for name, now in self._network_params().items() if now != before[name]]
        if changed:
            raise ValueError(
                f"{', '.join(changed)} changed since the first fit, but training goes on with the "
                "network that was made then; fit anew with warm_start=False."
            )

    # -- training ---------------------------------------------------------------------

    def train(self, run, checkpoint=None, steps=steps_of):
        """Train a prepared run to its end.

        Parameters
        ----------
        run : TrainingRun
        checkpoint : Path or None
            File to save the run in, and to go on from.
        steps : callable
            From the net to what makes its steps.
        """
        for _ in self.epochs(run, checkpoint, steps):
            pass

    def epochs(self, run, checkpoint=None, steps=None):
        """Train a prepared run, leaving the steps of each epoch to whoever iterates.

        Parameters
        ----------
        run : TrainingRun
        checkpoint : Path or None
        steps : callable or None
            With one there is nothing left to do: it makes the steps.

        Yields
        ------
        net : Net
            Whose weights are to be changed by an epoch; wants the mean loss to be sent.
        """
        net = run.net
        n_epochs = 1 if run.partial else self.settings.max_epochs
        callbacks, stopper = self._callbacks(run, n_epochs, checkpoint)
        if self.settings.verbose and run.plan.reason:
            print(f"optimizer='auto' is {run.plan.name!r}: {run.plan.reason}.")
        net.begin(run.plan, callbacks, verbose=self.settings.verbose, partial=run.partial)
        train = run.train.to(net.torch_device)
        valid = None if run.valid is None else run.valid.to(net.torch_device)
        with self.network.training(net):
            net.notify("on_train_begin", X=train, y=None)
            try:
                made = None if steps is None else steps(net)
                yield from epochs(net, train, valid, n_epochs, made)
            finally:  # what was interrupted is whole, too
                net.notify("on_train_end", X=train, y=None)
                net.best_validation_score = stopper.best_value if stopper else None
        refuse_bad_network(net, run.train.x)
        if checkpoint is not None:
            checkpoint.unlink(missing_ok=True)
        if run.start is not None:
            warn_of_bad_ends(net.history_, self.settings, run.start, stopper)

    def _callbacks(self, run, n_epochs, checkpoint):
        """Make the callbacks of a run; return them with what may stop it early."""
        settings = self.settings
        watched = {} if run.validation is None else watch(settings, self.labels, run.validation)
        stopper = watched.get("early_stopping")
        callbacks = [*watched.items()]
        if settings.lr_schedule and not run.partial:
            schedule = lr_callback(settings.lr_schedule, n_epochs, run.train.n_steps, stopper)
            callbacks.append(("lr_schedule", schedule))
        callbacks += epoch_tasks(self.classifier)
        callbacks += self.network.callbacks()
        callbacks += _callbacks.copies(settings.callbacks)
        callbacks += _callbacks.log_callbacks(settings.verbose, n_epochs)
        if checkpoint is not None:  # last, to save what the others have done
            callbacks.append(("checkpoint", Checkpoint(checkpoint, run.train)))
        return callbacks, stopper


def is_trainable(estimator):
    """Return whether an estimator is one that a Trainer fits."""
    return hasattr(estimator, "_make_features") and hasattr(estimator, "_make_network")


def features_of(classifier):
    """Return the features of a fitted classifier."""
    return classifier._make_features()
