"""Classifier of numeric rows."""

from numbers import Integral, Real

from torch import nn

from sktext._training._matrix_features import MatrixFeatures
from sktext._training._network import Network
from sktext._validation import Interval
from sktext.classifiers._base import BaseTorchClassifier
from sktext.modules import MLP


class TorchClassifier(BaseTorchClassifier):
    """Linear model or multi-layer perceptron on dense or sparse rows, with any loss.

    Use it behind a vectorizer of your own, on embeddings, or in an imbalanced-learn
    pipeline. Sparse rows stay sparse. Not for texts: :class:`TfidfTorchClassifier` takes
    these.

    Parameters
    ----------
    hidden_layer_sizes : tuple of int, default=()
        Units of each hidden layer, each at least 1; none is a linear model.
    dropout : float, default=0.0
        Share of the inputs of each layer but the first that is dropped in training, in
        [0, 1); a linear model drops features.
    loss : str or Loss, default="cross_entropy"
        What is minimised: a name in ``sktext.losses.LOSSES`` or a loss object, whose
        parameters are searched as ``loss__gamma`` and so on.
    class_weight : {"balanced", "inverse", "effective"} or dict, default=None
        Weight of each class; multiplies the sample weights. For multilabel, of each
        label's positives (a dict) or of both sides of each label (a name).
    sampler : imbalanced-learn sampler, default=None
        Draws the training rows anew, after the held-out rows are set aside and the
        features are learned.
    reweight : bool, default=False
        Whether resampled rows weigh so that the class shares stay the original ones.
    bias_init : {"auto", "prior", "zero"}, default="auto"
        Where the output bias starts: at the class shares, at zero, or as the loss says.
    optimizer : {"auto", "lbfgs", "adagrad", "adamw", "adam", "sgd"} or callable, \
            default="auto"
        "auto" is "lbfgs", on all rows at once, for a linear model of at most three
        million weights with a smooth loss; "adamw" for self-attention, for convolutions
        without hashed pairs and for modules of your own that read tokens; else "adagrad".
        ``optimizer_`` names the one that ran; a warning says where the size alone was why it
        is not "lbfgs". A torch optimizer class or a partial of one also goes.
    lr : float or "auto", default="auto"
        Step size, greater than 0. "auto" suits the optimizer.
    weight_decay : float or "auto", default="auto"
        Pull of the weights towards zero, at least 0. With "lbfgs" it is the factor of
        half the squared weights next to the mean loss, 1 / (C * n_samples) of scikit-learn;
        else it is the optimizer's own. "auto" is 5e-6 with "lbfgs" (1e-6 for multilabel) and
        the optimizer's default otherwise.
    lr_schedule : {"step", "exponential", "cosine", "one_cycle", "plateau"} or callable, \
            default=None
        How the step size changes over the epochs; or a torch scheduler class or partial.
    max_epochs : int, default=10
        Passes over the rows, at least 1. An epoch of "lbfgs" is up to ten iterations; it
        ends early when it has converged.
    batch_size : int, default=128
        Rows per step, at least 1; "lbfgs" takes all.
    early_stopping : bool, default=False
        Whether to hold rows out, stop when they get no better, and keep the best
        weights.
    validation_fraction : float, default=0.1
        Share of the rows to hold out, in (0, 1).
    n_iter_no_change : int, default=5
        Epochs without improvement after which training stops, at least 1.
    scoring : str or callable, default=None
        What early stopping watches: a scikit-learn scorer. None is the loss, which also
        takes the place of a score that has no value on the held-out rows.
    callbacks : list of skorch callbacks, default=None
        Copied at each fit.
    warm_start : bool, default=False
        Whether ``fit`` goes on from the last fit, with its classes and features.
    keep_optimizer : bool, default=False
        Whether copies and files hold what the optimizer remembers and where the draws are, so
        that ``partial_fit`` goes on from them as it would have here. Files are two to three
        times as large.
    device : str, default="auto"
        "cpu", "cuda", "cuda:1", ...; "auto" is a CUDA device if there is one.
    dtype : {"float32", "float64", "bfloat16", "float16"}, default="float32"
        Precision of the computation. The last two are mixed precision, for networks that
        read sequences of tokens on a CUDA device; "float16" is "float32" on a CPU, which
        ``fit`` warns of.
    random_state : int, RandomState instance or None, default=None
        Decides everything that is drawn; torch's own generators are left alone.
    verbose : int, default=0
        1 shows a progress bar, 2 a line per epoch.
    net_params : dict, default=None
        More parameters of the skorch net, such as ``{"optimizer__betas": (0.9, 0.98)}``, or
        ``{"optimizer__param_groups": [("encoder*", {"lr": 1e-5})]}`` for smaller steps of the
        parameters whose names match; not with "lbfgs".

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Sorted labels, or numbers of the label columns.
    class_counts_ : ndarray of shape (n_classes,)
        Training rows (sum of their weights) of each class that the loss was given.
    net_ : NeuralNet
        The fitted skorch net.
    loss_ : Loss
        The fitted loss.
    history_ : skorch.history.History
        Losses, scores and seconds of every epoch.
    optimizer_ : str
        The optimizer that ran: a name that ``optimizer`` takes, or of a torch class.
    n_iter_ : int
        Epochs trained.
    coef_ : ndarray of shape (n_outputs, n_features)
        Weights of a linear model, one row for two classes; their names are
        ``feature_names_in_``. With hidden layers there are none.
    intercept_ : ndarray of shape (n_outputs,)
        Biases of a linear model.
    best_validation_score_ : float or None
        Best value of what early stopping watched.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns of X, where X has names.

    See Also
    --------
    TfidfTorchClassifier : The same on raw texts.

    Notes
    -----
    Binary problems have one logit, several classes a softmax, label matrices a sigmoid
    per label. Weights are scaled once to average one over the training rows.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sktext import TorchClassifier
    >>> X, y = make_classification(weights=[0.9], random_state=0)
    >>> clf = TorchClassifier(loss="focal", class_weight="balanced", random_state=0)
    >>> clf.fit(X, y).score(X, y)
    1.0
    """

    _network_params = (*BaseTorchClassifier._network_params, "hidden_layer_sizes", "dropout")
    _parameter_constraints = {
        **BaseTorchClassifier._parameter_constraints,
        "hidden_layer_sizes": ["array-like"],
        "dropout": [Interval(Real, 0, 1, closed="left")],
    }

    def __init__(
        self,
        hidden_layer_sizes=(),
        dropout=0.0,
        *,
        loss="cross_entropy",
        class_weight=None,
        sampler=None,
        reweight=False,
        bias_init="auto",
        optimizer="auto",
        lr="auto",
        weight_decay="auto",
        lr_schedule=None,
        max_epochs=10,
        batch_size=128,
        early_stopping=False,
        validation_fraction=0.1,
        n_iter_no_change=5,
        scoring=None,
        callbacks=None,
        warm_start=False,
        keep_optimizer=False,
        device="auto",
        dtype="float32",
        random_state=None,
        verbose=0,
        net_params=None,
    ):
        self.hidden_layer_sizes = hidden_layer_sizes
        self.dropout = dropout
        self.loss = loss
        self.class_weight = class_weight
        self.sampler = sampler
        self.reweight = reweight
        self.bias_init = bias_init
        self.optimizer = optimizer
        self.lr = lr
        self.weight_decay = weight_decay
        self.lr_schedule = lr_schedule
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.scoring = scoring
        self.callbacks = callbacks
        self.warm_start = warm_start
        self.keep_optimizer = keep_optimizer
        self.device = device
        self.dtype = dtype
        self.random_state = random_state
        self.verbose = verbose
        self.net_params = net_params

    def _make_features(self):
        return MatrixFeatures(self)

    def _make_network(self):
        return Network(self.make_module, self.dtype)

    def make_module(self, n_features: int, n_outputs: int, row_norm: float, seed: int) -> nn.Module:
        """Make the network; override it for a network of your own.

        Parameters
        ----------
        n_features : int
            Number of columns of the features.
        n_outputs : int
            Number of logits; one for two classes.
        row_norm : float
            Root mean square of the norms of the rows, which scales the start weights.
        seed : int
            Seed of all random numbers.

        Returns
        -------
        module : Module
            Maps a tensor of shape (n_samples, n_features), or ``SparseRows``, to logits
            of shape (n_samples, n_outputs). A last layer named ``head`` gets the start
            bias; ``is_linear = True`` lets "auto" choose L-BFGS.
        """
        sizes = tuple(self.hidden_layer_sizes)
        for i, size in enumerate(sizes):
            if not isinstance(size, Integral) or size < 1:
                raise ValueError(
                    f"hidden_layer_sizes[{i}] must be an int of at least 1; got {size!r}."
                )
        return MLP(n_features, n_outputs, sizes, self.dropout, row_norm, seed)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
