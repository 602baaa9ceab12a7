"""Joint fits of classifiers that differ in loss, class weights and optimizer numbers only."""

from dataclasses import dataclass
from functools import partial

import torch

from sktext import _threads
from sktext._fingerprint import fingerprint
from sktext._training._context import training_context
from sktext._training._loop import decayed
from sktext._training._prediction import logits_of
from sktext._training._runs import TrainingRun
from sktext._training._trainer import Trainer, features_of, is_trainable
from sktext._validation import check_numbers, check_parameters
from sktext.model_selection._joint._embedding_rows import SeenRows
from sktext.model_selection._joint._epochs import MatrixEpochs, train_by_epochs
from sktext.model_selection._joint._products import train_by_products
from sktext.model_selection._joint._row_steps import has_rule
from sktext.model_selection._joint._token_epochs import TokenEpochs
from sktext.modules import MLP, FastText, SparseRows, TextCNN

# Parameters in which the candidates of a joint fit may differ: rows, features, order of the rows
# and shape of the network do not depend on them.
JOINT_PARAMETERS = ("loss", "class_weight", "bias_init", "lr", "weight_decay", "dropout")
FIT_PARAMETERS = {"sample_weight", "X_val", "y_val"}
# Optimizers that update each weight independently, so that several nets can be in one tensor.
ELEMENTWISE = {
    getattr(torch.optim, name)
    for name in ("Adagrad", "AdamW", "Adam", "SGD", "RMSprop", "Adadelta", "Adamax", "NAdam")
}
# Bytes that the weights of nets in joint training may take, including the optimizer's state.
MAX_BYTES = 2**30
# Copies of the weights that training keeps: history, gradient and temporaries.
COPIES = {"products": 26, "epochs": 6, "tokens": 3}
# Networks of tokens in a joint training: vectors of more do not stay in the caches of the CPU.
MAX_TOKEN_NETS = 8
TRAINERS = {
    "products": train_by_products,
    "epochs": partial(train_by_epochs, kind=MatrixEpochs),
    "tokens": partial(train_by_epochs, kind=TokenEpochs),
}


def can_fit_jointly(classifier, params):
    """Return whether a classifier can be fitted jointly with others like it."""
    return (
        is_trainable(classifier)
        and set(params) <= FIT_PARAMETERS
        and getattr(classifier, "checkpoint_dir", None) is None
    )


@dataclass(frozen=True)
class Prepared:
    """A classifier that is ready to be trained.

    Parameters
    ----------
    trainer : Trainer
    run : TrainingRun
    kind : {"products", "epochs", "tokens", None}
        How it is trained with others; None is alone.
    key : object
        Equal for classifiers that can be trained jointly.
    size : int
        Number of these that are to be trained at once, at most.
    """

    trainer: Trainer
    run: TrainingRun
    kind: str | None
    key: object
    size: int


class JointFits:
    """Fits of classifiers on the same rows; what does not differ is computed once.

    It holds what the classifiers share, and none of them.

    Parameters
    ----------
    X, y : array-like
    params : dict
        Parameters of ``fit``.
    """

    def __init__(self, X, y, params):
        self.given = X, y
        self.params = params
        self.rows = self.learned = None
        self.sizes = {}
        self.matrices = {}

    def prepare(self, classifier):
        """Prepare a run, on the rows of the first classifier that does not fail.

        Parameters
        ----------
        classifier : classifier
            Unfitted; differs from the others in ``JOINT_PARAMETERS`` only.

        Returns
        -------
        prepared : Prepared
        """
        with training_context():
            check_parameters(classifier)
            check_numbers(classifier)
            # Joint runs cannot show their progress.
            trainer = Trainer(classifier, verbose=0)
            if self.rows is None:
                self.rows = trainer.prepare_rows(*trainer.read(*self.given, **self.params))
                self.learned = trainer.labels, trainer.features
            else:
                trainer.follow(*self.learned, self.rows.train)
            run = trainer.prepare_run(self.rows)
            return Prepared(trainer, run, *self.how(trainer, run))

    def how(self, trainer, run):
        """Return how a run is trained with others: ``kind``, ``key`` and ``size``."""
        try:
            kind = joint_kind(trainer, run)
            if kind is None:
                return None, None, 1
            key = kind, joint_key(trainer, run)
            if key not in self.sizes:
                self.sizes[key] = max_nets(run, kind)
            return kind, key, self.sizes[key]
        except Exception:  # of a user's component, which will be raised again when it runs alone
            return None, None, 1

    def train(self, prepared):
        """Train classifiers jointly; if that fails, one by one from the start.

        Parameters
        ----------
        prepared : list of Prepared
            Of one key.

        Returns
        -------
        errors : list of Exception or None
            The error that each classifier has raised; the others are fitted.
        """
        trainers, runs = [one.trainer for one in prepared], [one.run for one in prepared]
        kind = prepared[0].kind
        with training_context():
            if kind is None:
                return train_one_by_one(trainers, runs)
            try:
                return TRAINERS[kind](trainers, runs)
            except Exception:  # of any of the runs; one by one, it is known of which
                return train_one_by_one(trainers, [None] * len(runs), self.rows)

    @_threads.choosing_threads()
    def logits(self, classifiers, X):
        """Compute the logits of rows, whose features are computed once.

        Parameters
        ----------
        classifiers : list of classifier
            Fitted here.
        X : array-like
            Rows, which are recognised by identity.

        Returns
        -------
        logits : dict of {Net: tensor of shape (n_samples, n_outputs), float64}
        """
        if id(X) not in self.matrices:
            features = features_of(classifiers[0])
            # The rows are kept as well, so that no others get their identity.
            self.matrices[id(X)] = X, features.transform(features.check(X))
        _, matrix = self.matrices[id(X)]
        return {classifier.net_: logits_of(classifier.net_, matrix) for classifier in classifiers}


def joint_kind(trainer, run):
    """Return how a run can be trained jointly, or None if it cannot."""
    net, plan, settings = run.net, run.plan, trainer.settings
    if net.criterion_.penalty(net.module_) is not None:
        return None
    batches, weight = run.train_batches, run.train_batches.weight
    suits = weight is None or weight.ndim == 1 or net.criterion_.weighs_labels
    is_plain = not (settings.callbacks or batches.draw or plan.groups)
    if type(net.module_) in (TextCNN, FastText):
        # Other schedules ask the optimizer, or what the epochs have reached.
        is_plain = is_plain and (run.lr_factor is not None or not settings.lr_schedule)
        return "tokens" if suits and is_plain and has_plain_steps(trainer, run) else None
    if type(net.module_) is not MLP:
        return None
    if plan.full_batch:
        # Joint products of dense rows are rounded differently, which L-BFGS would amplify.
        exact = net.module_.is_linear and isinstance(run.train_batches.x, SparseRows)
        return "products" if exact and not net.module_.dropout.p else None
    factory = plan.factory.func if isinstance(plan.factory, partial) else plan.factory
    is_plain = is_plain and not settings.lr_schedule
    return "epochs" if factory in ELEMENTWISE and suits and is_plain else None


def has_plain_steps(trainer, run):
    """Return whether each batch of tokens makes a step that updates only its rows."""
    net = run.net
    return (
        has_rule(run.plan)
        and run.train_batches.per_step == 1
        and run.train_batches.x.columns is None
        and not (net.half or net.compiles or trainer.network.callbacks())
        and all(parameter.requires_grad for parameter in net.module_.parameters())
        and net.module_.state_dict().keys() == dict(net.module_.named_parameters()).keys()
    )


def joint_key(trainer, run):
    """Return a key of a run, equal for runs whose steps can be made jointly."""
    plan, module = run.plan, run.net.module_
    options = {name: value for name, value in plan.options.items() if name != "lr"}
    reads_all = isinstance(module, MLP) and not module.is_linear  # dropout is in later layers
    dropout = None if reads_all else trainer.settings.dropout
    steps = [plan.factory, options, plan.sparse_gradient, "lr" in plan.options]
    return fingerprint([*steps, dropout])


def max_nets(run, kind):
    """Return how many nets can be trained jointly within ``MAX_BYTES``."""
    module = run.net.module_
    n_bytes = sum(weight.nbytes for weight in decayed(module))
    if kind == "tokens":  # only the rows of the table that are seen are copied
        n_rows = len(SeenRows(module, run.train_batches.x).seen)
        n_bytes = n_rows * module.embedding.weight[0].nbytes
    size = max(1, MAX_BYTES // (COPIES[kind] * max(1, n_bytes)))
    return min(size, MAX_TOKEN_NETS) if kind == "tokens" else size


def train_one_by_one(trainers, runs, rows=None):
    """Train runs that share only their rows; a run that is None is prepared again."""
    errors = []
    for trainer, run in zip(trainers, runs, strict=True):
        try:
            trainer.train(run or trainer.prepare_run(rows))
            errors.append(None)
        except Exception as error:
            errors.append(error)
    return errors
