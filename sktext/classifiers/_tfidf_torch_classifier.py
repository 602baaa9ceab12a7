"""Classifier of texts."""

from numbers import Real
from os import PathLike

from joblib import Memory
from sklearn.base import BaseEstimator

from sktext._training._matrix_features import MatrixFeatures
from sktext._training._vectorized_features import VectorizedFeatures
from sktext._validation import HasMethods, Interval
from sktext.classifiers._classifier_dataclass import classifier_dataclass
from sktext.classifiers._text_base import BaseTextClassifier
from sktext.classifiers._torch_classifier import TorchClassifier
from sktext.features import VECTORIZERS


@classifier_dataclass
class TfidfTorchClassifier(BaseTextClassifier):
    """TF-IDF features and a linear model or perceptron, with any loss, on raw texts.

    Use it first: on most text sets it is within a few points of anything larger, fits in
    seconds, and every loss, weight and sampler plugs in. Do not use it where word order or
    meaning decides, as in short ironic comments; a sequence model or a pretrained one is better
    there.

    Parameters
    ----------
    vectorizer : {"auto", "words", "words+pairs", "characters", "words+characters", "count", \
            "hashing", "hybrid", "passthrough"} or transformer, default="auto"
        Texts to features. "auto" is "words+pairs", and "words" for several labels per text, where
        pairs cost most. "words+pairs" is ``FastTfidfVectorizer`` with ``sublinear_tf=True``, of
        words and of the pairs of neighbours that at least two texts have; its parameters are set
        by ``set_params`` and searches, as ``vectorizer__ngram_range``,
        ``vectorizer__analyzer`` and so on. "words" is the same without pairs, "characters" has
        2 to 5 characters within words. "words+characters" has all of them, which helps with
        short and misspelt texts and takes several times as long. "hashing" learns no
        vocabulary, for streams. "hybrid" has the vectors of a pretrained encoder beside the
        words, with the extra ``pretrained``; ``vectorizer__encoder__model`` names it.
        "passthrough" takes a ready matrix for X. Texts may be lists of tokens with
        ``vectorizer__analyzer=pretokenized``, of ``sktext.features``.
    hidden_layer_sizes : tuple of int, default=()
        Units of each hidden layer, each at least 1; none is a linear model.
    dropout : float, default=0.0
        Fraction of the inputs of each layer but the first that is dropped in training, in
        [0, 1); a linear model drops features.
    memory : str, path or joblib.Memory, default=None
        Folder to keep the features in, so that a search computes them once per fold.
    {inherited_parameters}

    Attributes
    ----------
    vectorizer_ : transformer or None
        The fitted vectorizer.
    coef_ : ndarray of shape (n_outputs, n_features)
        Weights of a linear model, one row for two classes. With hidden layers there are none.
    coef_names_ : ndarray of shape (n_features,)
        Names of the columns of ``coef_``: the terms, but for hashed words, and behind them
        those of columns beside the texts, which begin with ``columns__``.
    intercept_ : ndarray of shape (n_outputs,)
        Biases of a linear model.
    {column_attributes}
    {shared_attributes}

    See Also
    --------
    TorchClassifier : The same on a numeric matrix.

    Notes
    -----
    {shared_notes}
    Document frequencies count documents, not weights.

    Examples
    --------
    >>> from sktext import TfidfTorchClassifier
    >>> from sktext.datasets import make_imbalanced_texts
    >>> texts, labels = make_imbalanced_texts(n_samples=300, random_state=0)
    >>> clf = TfidfTorchClassifier(loss="focal", class_weight="balanced", random_state=0)
    >>> clf = clf.set_params(loss__gamma=1.0, vectorizer__ngram_range=(1, 3))
    >>> clf.fit(texts, labels).predict_proba(texts[:2]).shape
    (2, 3)
    """

    vectorizer: str | BaseEstimator = "auto"
    hidden_layer_sizes: tuple[int, ...] = ()
    dropout: float = 0.0
    memory: str | PathLike | Memory | None = None

    _parts = {**BaseTextClassifier._parts, "vectorizer": VECTORIZERS}
    # Not the memory.
    _network_params = (*TorchClassifier._network_params, "columns", "vectorizer")
    _parameter_constraints = {
        **BaseTextClassifier._parameter_constraints,
        "vectorizer": [
            str,
            HasMethods(["fit_transform", "transform"]),
        ],
        "hidden_layer_sizes": ["array-like"],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "memory": [str, PathLike, HasMethods("cache"), None],
    }

    def _takes_matrix(self):
        return isinstance(self.vectorizer, str) and self.vectorizer == "passthrough"

    def _make_features(self):
        if self._takes_matrix():
            return MatrixFeatures(self, vectorizer_=None)
        fitted = getattr(self, "vectorizer_", None)
        return VectorizedFeatures(self.vectorizer, self.memory, fitted)

    def _features(self):
        if not self._takes_matrix():
            return super()._features()
        if self.columns is not None and not isinstance(self.columns, str):
            raise ValueError(
                f"columns={self.columns!r} stand beside texts, and vectorizer='passthrough' reads "
                "a matrix. Leave columns out, or select those to read."
            )
        return self._make_features()

    _make_network = TorchClassifier._make_network
    make_module = TorchClassifier.make_module

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        takes_matrix = self._takes_matrix()
        tags.input_tags.string = not takes_matrix
        tags.input_tags.two_d_array = takes_matrix
        tags.input_tags.sparse = takes_matrix
        return tags
