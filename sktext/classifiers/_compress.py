"""Linear text classifiers in a few bytes: fewer terms, weights of eight bits."""

import copy
import pickle
from numbers import Integral

import numpy as np
from sklearn.utils.validation import check_is_fitted

from sktext._training._net import on_cpu
from sktext.classifiers._compressed_classifier import CompressedTextClassifier, scaled_to_int8
from sktext.classifiers._tfidf_torch_classifier import TfidfTorchClassifier


def compress(classifier, *, max_bytes):
    """Make a small copy of a linear text classifier that only predicts.

    The heaviest terms stay, as many as there is room for, and their weights are rounded to
    eight bits, with a scale for each output.

    Use it to send a model to a phone or a browser's server, or to hold thousands of them in
    memory: a tenth of the bytes rarely costs a point of accuracy.

    Not before you have compared scores on texts of your own: rows are scaled by the terms that
    are left, so probabilities move further than labels do.

    Parameters
    ----------
    classifier : TfidfTorchClassifier
        Fitted, without hidden layers, whose vectorizer has a vocabulary. It stays as it is.
    max_bytes : int
        Size of the pickle at most, in bytes, at least what a model of one term takes.
        ``joblib.dump`` adds some two hundred bytes, and with ``compress=3`` saves a sixth.

    Returns
    -------
    compressed : CompressedTextClassifier
        With ``predict``, ``predict_proba``, ``decision_function``, ``score``, ``classes_``.

    Raises
    ------
    TypeError
        If the classifier has no vectorizer with a vocabulary, or ``max_bytes`` is no whole
        number.
    ValueError
        If the classifier has hidden layers, cannot be pickled, or not even one term fits.

    References
    ----------
    Joulin, Grave, Bojanowski, Douze, Jégou, Mikolov: FastText.zip: Compressing text
    classification models. arXiv:1612.03651, 2016.

    Examples
    --------
    >>> import pickle
    >>> from sktext import TfidfTorchClassifier, compress
    >>> from sktext.datasets import make_imbalanced_texts
    >>> texts, labels = make_imbalanced_texts(n_samples=300, random_state=0)
    >>> classifier = TfidfTorchClassifier(random_state=0).fit(texts, labels)
    >>> small = compress(classifier, max_bytes=3000)
    >>> len(pickle.dumps(small)) <= 3000
    True
    >>> small.predict_proba(texts[:2]).shape
    (2, 3)
    """
    weights, terms = weights_and_terms(classifier)
    if not isinstance(max_bytes, Integral) or isinstance(max_bytes, bool):
        raise TypeError(f"max_bytes must be a whole number of bytes; got {max_bytes!r}.")
    heaviest = np.argsort(-heaviness(weights, classifier.vectorizer_), kind="stable")
    # A term takes a byte per output at least.
    low, high = 0, min(len(terms), max(max_bytes, 0) // weights.shape[1])
    while low < high:
        n_terms = (low + high + 1) // 2
        fits = n_bytes(pruned(classifier, weights, terms, heaviest[:n_terms])) <= max_bytes
        low, high = (n_terms, high) if fits else (low, n_terms - 1)
    if not low:
        least = n_bytes(pruned(classifier, weights, terms, heaviest[:1]))
        raise ValueError(
            f"max_bytes={max_bytes} is too little for a single term; set it to {least} or more, "
            "better to ten times that."
        )
    return pruned(classifier, weights, terms, heaviest[:low])


def weights_and_terms(classifier):
    """Give what a linear classifier has learned, or say what cannot be compressed.

    Returns
    -------
    weights : ndarray of shape (n_features, n_outputs)
    terms : list of str of length n_features
    """
    if not isinstance(classifier, TfidfTorchClassifier):
        raise TypeError(
            f"compress takes a TfidfTorchClassifier; got {type(classifier).__name__}. Of a search "
            "or a Pipeline give best_estimator_, or the step that is one."
        )
    check_is_fitted(classifier)
    vectorizer = getattr(classifier, "vectorizer_", None)
    if not isinstance(getattr(vectorizer, "vocabulary_", None), dict):
        raise TypeError(
            f"compress takes a TfidfTorchClassifier whose vectorizer has a vocabulary, such as "
            f"'tfidf' or 'count'; got the vectorizer {vectorizer!r}."
        )
    if not getattr(classifier.net_.module_, "is_linear", False):
        raise ValueError(
            "compress takes linear models only, and this classifier has the hidden layers "
            f"{classifier.hidden_layer_sizes!r}; fit it with hidden_layer_sizes=()."
        )
    return classifier.coef_.T, sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.get)


def heaviness(weights, vectorizer):
    """Say how much each term moves the logits of the training texts.

    Where the vectorizer knows in how many texts a term was, a weight counts for the root
    of that: one that is seldom met moves little.
    """
    heavy = np.abs(weights).max(axis=1).astype(float)
    idf = getattr(vectorizer, "idf_", None)
    # idf is 1 - log of the share of texts; the root of the share is exp of half of that.
    return heavy if idf is None else heavy * idf * np.exp((1 - idf) / 2)


def pruned(classifier, weights, terms, kept):
    """Make the compressed classifier of some terms."""
    kept = np.sort(kept)
    vectorizer = copy.copy(classifier.vectorizer_)
    vectorizer.vocabulary_ = {terms[old]: new for new, old in enumerate(kept.tolist())}
    vectorizer.vocabulary = None  # if terms were given, all of them
    tfidf = getattr(vectorizer, "_tfidf", None)
    if tfidf is not None:
        vectorizer._tfidf = copy.copy(tfidf)
        vectorizer._tfidf.n_features_in_ = len(kept)
        if hasattr(tfidf, "idf_"):
            vectorizer._tfidf.idf_ = tfidf.idf_[kept].astype(np.float16).astype(tfidf.idf_.dtype)
    integers, scales = scaled_to_int8(weights[kept])
    loss = on_cpu(classifier.loss_)
    return CompressedTextClassifier(
        vectorizer, integers, scales, classifier.intercept_, loss, classifier._labels
    )


def n_bytes(model):
    """Measure the pickle of a model."""
    try:
        return len(pickle.dumps(model))
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise ValueError(
            f"compress measures the pickle, and the vectorizer has none ({error}). Use functions "
            "that stand in a module in place of lambdas and inner functions."
        ) from error
