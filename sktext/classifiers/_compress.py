"""Compression of linear text classifiers: fewer terms, weights of eight bits."""

import copy
import pickle
from numbers import Integral

import numpy as np
from sklearn.utils.validation import check_is_fitted

from sktext._sklearn import set_weighting, weighting_of
from sktext._training._net_state import on_cpu
from sktext._training._optimizers import is_linear
from sktext.classifiers._compressed_classifier import CompressedTextClassifier, scaled_to_int8
from sktext.classifiers._tfidf_torch_classifier import TfidfTorchClassifier


def compress(classifier: TfidfTorchClassifier, *, max_bytes: int) -> CompressedTextClassifier:
    """Make a small copy of a linear text classifier that only predicts.

    The most important terms are kept, as many as fit, and their weights are rounded to eight
    bits, with a scale for each output.

    Use it to send a model to a phone or a server, or to keep thousands of them in memory: a
    tenth of the bytes rarely costs a point of accuracy.

    Do not use it before you have compared scores on texts of your own: rows are scaled by the
    terms that are kept, so that probabilities change more than labels.

    Parameters
    ----------
    classifier : TfidfTorchClassifier
        Fitted, without hidden layers, with a vectorizer that has a vocabulary. It is not
        changed.
    max_bytes : int
        Largest size of the pickle in bytes, at least the size of a model of one term.
        ``joblib.dump`` adds about two hundred bytes, and with ``compress=3`` saves a sixth.

    Returns
    -------
    compressed : CompressedTextClassifier
        It has ``predict``, ``predict_proba``, ``decision_function``, ``score`` and
        ``classes_``.

    Raises
    ------
    TypeError
        If the classifier has no vectorizer with a vocabulary, or ``max_bytes`` is not an int.
    ValueError
        If the classifier has hidden layers, cannot be pickled, or no term fits.

    See Also
    --------
    TfidfTorchClassifier : The classifier that can be compressed.

    References
    ----------
    .. [1] Joulin et al., "FastText.zip: Compressing text classification models", 2016.
       https://arxiv.org/abs/1612.03651

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
    order = np.argsort(-importances(weights, classifier.vectorizer_), kind="stable")
    # A term takes at least a byte per output.
    low, high = 0, min(len(terms), max(max_bytes, 0) // weights.shape[1])
    while low < high:
        n_terms = (low + high + 1) // 2
        fits = n_bytes(pruned(classifier, weights, terms, order[:n_terms])) <= max_bytes
        low, high = (n_terms, high) if fits else (low, n_terms - 1)
    if not low:
        least = n_bytes(pruned(classifier, weights, terms, order[:1]))
        raise ValueError(
            f"max_bytes={max_bytes} is too small for a single term; set it to {least} or more, "
            "better to ten times that."
        )
    return pruned(classifier, weights, terms, order[:low])


def weights_and_terms(classifier):
    """Return the weights and terms of a linear classifier; raise if it cannot be compressed.

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
            f"'words' or 'count'; got the vectorizer {vectorizer!r}."
        )
    if classifier.columns_ is not None:
        raise TypeError(
            "compress takes classifiers of texts alone, and this one reads the columns "
            f"{classifier.columns_.beside} beside them; fit it on the column of texts."
        )
    if not is_linear(classifier.net_.module_):
        raise ValueError(
            "compress takes linear models only, and this classifier has the hidden layers "
            f"{classifier.hidden_layer_sizes!r}; fit it with hidden_layer_sizes=()."
        )
    return classifier.coef_.T, sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.get)


def importances(weights, vectorizer):
    """Compute how much each term changes the logits of the training texts.

    If the vectorizer has document frequencies, weights are multiplied by their root, as a rare
    term changes few texts.
    """
    largest = np.abs(weights).max(axis=1).astype(float)
    idf = getattr(vectorizer, "idf_", None)
    # idf is 1 - log of the fraction of texts; the root of the fraction is exp of half of the log.
    return largest if idf is None else largest * idf * np.exp((1 - idf) / 2)


def pruned(classifier, weights, terms, kept):
    """Make the compressed classifier that keeps some terms."""
    kept = np.sort(kept)
    vectorizer = copy.copy(classifier.vectorizer_)
    vectorizer.vocabulary_ = {terms[old]: new for new, old in enumerate(kept.tolist())}
    vectorizer.vocabulary = None  # which may be all terms
    weighting = weighting_of(vectorizer)
    if weighting is not None:
        idf = getattr(weighting, "idf_", None)
        rounded = {} if idf is None else {"idf_": idf[kept].astype(np.float16).astype(idf.dtype)}
        set_weighting(vectorizer, n_features_in_=len(kept), **rounded)
    integers, scales = scaled_to_int8(weights[kept])
    loss = on_cpu(classifier.loss_)
    return CompressedTextClassifier(
        vectorizer, integers, scales, classifier.intercept_, loss, classifier._labels
    )


def n_bytes(model):
    """Return the size of the pickle of a model."""
    try:
        return len(pickle.dumps(model))
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise ValueError(
            f"compress measures the pickle, and the vectorizer has none ({error}). Use functions "
            "of a module in place of lambdas and inner functions."
        ) from error
