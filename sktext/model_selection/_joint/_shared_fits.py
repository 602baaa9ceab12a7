"""Fitting classifiers that differ in loss, class weights and optimizer numbers only."""

from collections import defaultdict
from functools import partial

import torch
from sklearn.utils import check_random_state

from sktext import _threads
from sktext._fingerprint import fingerprint
from sktext._training import _optimizers
from sktext._training._trainer import TrainingMixin
from sktext.model_selection._joint._look_ups import Reader
from sktext.model_selection._joint._row_steps import has_rule
from sktext.model_selection._joint._shared_epochs import MatrixEpochs, train_on_shared_epochs
from sktext.model_selection._joint._shared_products import train_on_shared_products
from sktext.model_selection._joint._token_epochs import TokenEpochs
from sktext.modules import MLP, FastText, SparseRows, TextCNN

# Parameters that change neither the rows, nor their features and order, nor the network's shape.
SHARED = ("loss", "class_weight", "bias_init", "lr", "weight_decay", "dropout")
FIT_PARAMETERS = {"sample_weight", "X_val", "y_val"}
# Treat each weight by itself, so that those of several nets may lie in one tensor.
BY_WEIGHT = {
    getattr(torch.optim, name)
    for name in ("Adagrad", "AdamW", "Adam", "SGD", "RMSprop", "Adadelta", "Adamax", "NAdam")
}
# Bytes that the weights of nets in training may take together, with what optimizers keep.
MAX_BYTES = 2**30
# Copies of the weights that training keeps: history, gradient, and what they are made of.
COPIES = {"products": 26, "epochs": 6, "tokens": 3}
# Networks of tokens that train together: what more of them read does not stay in the caches.
MAX_TOKEN_NETS = 8
TRAINERS = {
    "products": train_on_shared_products,
    "epochs": partial(train_on_shared_epochs, kind=MatrixEpochs),
    "tokens": partial(train_on_shared_epochs, kind=TokenEpochs),
}


def can_share(classifier, params):
    """Tell whether a classifier can be fitted together with others like it."""
    return (
        isinstance(classifier, TrainingMixin)
        and set(params) <= FIT_PARAMETERS
        and getattr(classifier, "checkpoint_dir", None) is None
    )


@_threads.chooses_threads
@torch.inference_mode(False)
@torch.enable_grad()
def fit_together(classifiers, X, y, params):
    """Fit classifiers on the same rows; what they have in common is done once.

    Parameters
    ----------
    classifiers : list of TrainingMixin
        Unfitted; they differ in parameters in ``SHARED`` only.
    X, y : array-like
    params : dict
        Parameters of ``fit``.

    Returns
    -------
    errors : list of Exception or None
        What each classifier has raised; the others are fitted.
    """
    errors = [None] * len(classifiers)
    rows, learned, runs = None, {}, {}
    for i, classifier in enumerate(classifiers):
        try:
            classifier._validate_params()
            classifier.verbose = 0  # what runs side by side cannot show its progress
            if rows is None:
                rows = prepare_rows(classifier, X, y, params)
                names = vars(classifier).keys() - classifier.get_params(deep=False).keys()
                learned = {name: getattr(classifier, name) for name in names}
            else:
                follow(classifier, learned, rows)
            runs[i] = classifier._prepare_run(rows, fresh=True)
        except Exception as error:
            errors[i] = error
    for kind, numbers in divide(classifiers, runs):
        parts = [classifiers[i] for i in numbers], [runs.pop(i) for i in numbers]
        for i, error in zip(numbers, train(kind, *parts, rows), strict=True):
            errors[i] = error
    return errors


def prepare_rows(classifier, X, y, params):
    """Make what all classifiers train on, by the first that can."""
    rng = check_random_state(classifier.random_state)
    given = {"sample_weight": None, "X_val": None, "y_val": None} | params
    part, held = classifier._split_rows(X, y, **given, rng=rng, fresh=True)
    return classifier._prepare_rows(part, held, rng, fresh=True)


def follow(classifier, learned, rows):
    """Take over what another classifier has learned of the rows, if the loss suits them."""
    vars(classifier).update(learned)
    classifier._check_loss(rows.part.target)


def divide(classifiers, runs):
    """Divide the runs into parts that can train together.

    Yields
    ------
    kind : {"products", "epochs", "tokens", None}
    numbers : list of int
    """
    parts = defaultdict(list)
    for i, run in runs.items():
        try:
            kind = kind_of(classifiers[i], run)
            key = kind, i if kind is None else likeness(classifiers[i], run.plan)
        except Exception:  # of a part of the user's, which it will meet again alone
            key = None, i
        parts[key].append(i)
    for (kind, _), numbers in parts.items():
        try:
            size = room_for(classifiers[numbers[0]].net_.module_, runs[numbers[0]], kind)
        except Exception:
            kind, size = None, 1
        for start in range(0, len(numbers), size):
            yield kind, numbers[start : start + size]


def kind_of(classifier, run):
    """Tell how a run shares its computation; None is not at all."""
    net, plan = classifier.net_, run.plan
    if net.criterion_.penalty(net.module_) is not None:
        return None
    weight = run.train.weight
    suits = weight is None or weight.ndim == 1 or net.criterion_.weighs_labels
    is_plain = not (classifier.lr_schedule or classifier.callbacks or run.train.draw or plan.groups)
    if type(net.module_) in (TextCNN, FastText):
        return "tokens" if suits and is_plain and has_plain_steps(classifier, run) else None
    if type(net.module_) is not MLP:
        return None
    if plan.full_batch:
        # Products of dense rows round differently side by side, and L-BFGS would amplify that.
        exact = net.module_.is_linear and isinstance(run.train.x, SparseRows)
        return "products" if exact and not net.module_.dropout.p else None
    factory = plan.factory.func if isinstance(plan.factory, partial) else plan.factory
    return "epochs" if factory in BY_WEIGHT and suits and is_plain else None


def has_plain_steps(classifier, run):
    """Tell whether each batch of tokens makes a step that changes the rows it has."""
    net = classifier.net_
    return (
        has_rule(run.plan)
        and run.train.per_step == 1
        and not (net.half or net.compiles or classifier._extra_callbacks())
        and all(parameter.requires_grad for parameter in net.module_.parameters())
        and net.module_.state_dict().keys() == dict(net.module_.named_parameters()).keys()
    )


def likeness(classifier, plan):
    """Tell plans apart by all but step size and weight decay, and nets by what they read."""
    options = {name: value for name, value in plan.options.items() if name != "lr"}
    module = classifier.net_.module_
    reads_all = isinstance(module, MLP) and not module.is_linear  # dropout comes after
    dropout = None if reads_all else getattr(classifier, "dropout", 0)
    steps = [plan.factory, options, plan.sparse_gradient, "lr" in plan.options]
    return fingerprint([*steps, dropout])


def room_for(module, run, kind):
    """Say how many nets there is room for."""
    if kind is None:
        return 1
    n_bytes = sum(weight.nbytes for weight in _optimizers.decayed(module))
    if kind == "tokens":  # of the table, the rows that are met are copied
        n_bytes = len(Reader(module, run.train.x).met) * module.embedding.weight[0].nbytes
    size = max(1, MAX_BYTES // (COPIES[kind] * max(1, n_bytes)))
    return min(size, MAX_TOKEN_NETS) if kind == "tokens" else size


def train(kind, classifiers, runs, rows):
    """Train classifiers together, or else alone, from the start.

    Returns
    -------
    errors : list of Exception or None
    """
    if kind is None:
        return train_one_by_one(classifiers, runs)
    try:
        return TRAINERS[kind](classifiers, runs)
    except Exception:  # what is done for all says not whose fault it is; alone, one knows
        return train_one_by_one(classifiers, [None] * len(runs), rows)


def train_one_by_one(classifiers, runs, rows=None):
    """Train classifiers that have only their rows in common; what has no run is made anew."""
    errors = []
    for classifier, run in zip(classifiers, runs, strict=True):
        try:
            classifier._run(run or classifier._prepare_run(rows, fresh=True))
            errors.append(None)
        except Exception as error:
            errors.append(error)
    return errors


@_threads.chooses_threads
def logits_of_all(classifiers, X):
    """Compute the logits of rows for classifiers that were fitted together.

    Returns
    -------
    logits : list of tensor of shape (n_samples, n_outputs), float64
    """
    first = classifiers[0]
    features = first._transform_features(first._check_X(X, reset=False))
    return [classifier._logits_of(features) for classifier in classifiers]
