"""Classifier of numeric rows."""

from numbers import Integral, Real

from torch import nn

from sktext._training._matrix_features import MatrixFeatures
from sktext._training._network import Network
from sktext._validation import Interval
from sktext.classifiers._base import BaseTorchClassifier
from sktext.classifiers._classifier_dataclass import classifier_dataclass
from sktext.modules import MLP


@classifier_dataclass
class TorchClassifier(BaseTorchClassifier):
    """Linear model or multi-layer perceptron on dense or sparse rows, with any loss.

    Use it behind a vectorizer of your own, on embeddings, or in an imbalanced-learn pipeline.
    Sparse rows stay sparse. Do not use it for texts; :class:`TfidfTorchClassifier` takes these.

    Parameters
    ----------
    hidden_layer_sizes : tuple of int, default=()
        Units of each hidden layer, each at least 1; none is a linear model.
    dropout : float, default=0.0
        Fraction of the inputs of each layer but the first that is dropped in training, in
        [0, 1); a linear model drops features.
    {inherited_parameters}

    Attributes
    ----------
    coef_ : ndarray of shape (n_outputs, n_features)
        Weights of a linear model, one row for two classes; their names are
        ``feature_names_in_``. With hidden layers there are none.
    intercept_ : ndarray of shape (n_outputs,)
        Biases of a linear model.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns of X, where X has names.
    {shared_attributes}

    See Also
    --------
    TfidfTorchClassifier : The same on raw texts.

    Notes
    -----
    {shared_notes}

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sktext import TorchClassifier
    >>> X, y = make_classification(weights=[0.9], random_state=0)
    >>> clf = TorchClassifier(loss="focal", class_weight="balanced", random_state=0)
    >>> clf.fit(X, y).score(X, y)
    0.98
    """

    hidden_layer_sizes: tuple[int, ...] = ()
    dropout: float = 0.0

    _parameter_constraints = {
        **BaseTorchClassifier._parameter_constraints,
        "hidden_layer_sizes": ["array-like"],
        "dropout": [Interval(Real, 0, 1, closed="left")],
    }

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
