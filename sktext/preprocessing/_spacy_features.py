"""Counts of what a spaCy pipeline finds in texts."""

from collections.abc import Sequence
from functools import partial
from numbers import Integral
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction import DictVectorizer
from sklearn.utils.validation import check_is_fitted

from sktext._texts import Texts
from sktext._validation import Interval, check_texts, fit_context
from sktext.preprocessing._annotations import ANNOTATIONS, check_annotations, count
from sktext.preprocessing._chunks import map_chunks
from sktext.preprocessing._spacy_pipeline import PIPELINE, load_pipeline, read_texts


class SpacyFeatures(TransformerMixin, BaseEstimator, auto_wrap_output_keys=None):  # type: ignore[call-arg]
    """Counts of parts of speech and entity types, as a sparse matrix.

    Use it next to TF-IDF in a ``FeatureUnion``, when style tells the classes apart (many
    pronouns, imperatives, questions) or what is named does (people, companies, sums).

    Do not use it by itself for topics, which are in the words; nor where every
    millisecond counts, because a trained pipeline is far slower than a vectorizer.

    Parameters
    ----------
    pipeline : spaCy Language or str
        A loaded pipeline, or the name of an installed one such as "en_core_web_sm". A name
        is cheaper than an object, which every clone and pickle holds a copy of. Exclude the
        components that the features do not need when loading it.
    features : sequence of {"pos", "tag", "dep", "ent"}, default=("pos", "ent")
        What is counted: coarse parts of speech (NOUN), fine ones (NNS), roles in the
        sentence (nsubj), types of entities (ORG). An entity of several words counts once.
    normalize : bool, default=False
        Whether to divide by the number of tokens of the text.
    batch_size : int, default=256
        Texts that the pipeline reads at a time, at least 1.
    n_jobs : int, default=None
        Processes to work on; None is one, -1 is one per processor. Changes no result.

    Attributes
    ----------
    vectorizer_ : DictVectorizer
        Knows the tags and types that were in the training texts; others are ignored.

    See Also
    --------
    SpacyWordTags : The tag on each word, for a bag of tagged words.

    References
    ----------
    .. [1] https://spacy.io/usage/linguistic-features
    .. [2] https://universaldependencies.org/u/pos/

    Examples
    --------
    >>> import spacy
    >>> from sktext.preprocessing import SpacyFeatures
    >>> nlp = spacy.blank("en")
    >>> ruler = nlp.add_pipe("entity_ruler")
    >>> ruler.add_patterns([{"label": "ORG", "pattern": "Acme"}])
    >>> counts = SpacyFeatures(nlp, features=["ent"])
    >>> counts.fit_transform(["Acme sues Acme.", "Nobody sues."]).toarray()
    array([[2.], [0.]], dtype=float32)
    >>> counts.get_feature_names_out()
    array(['ent=ORG'], dtype=object)
    """

    _parameter_constraints = {
        "pipeline": PIPELINE,
        "features": [list, tuple],
        "normalize": ["boolean"],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        pipeline: Any,
        *,
        features: Sequence[Literal["pos", "tag", "dep", "ent"]] = ("pos", "ent"),
        normalize: bool = False,
        batch_size: int = 256,
        n_jobs: int | None = None,
    ) -> None:
        self.pipeline = pipeline
        self.features = features
        self.normalize = normalize
        self.batch_size = batch_size
        self.n_jobs = n_jobs

    def fit(self, X: Texts, y: None = None) -> Self:
        """Learn which tags and types there are.

        Parameters
        ----------
        X : array-like of shape (n_samples,)
            Texts in any container, or one column of them.
        y : None
            Not used.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError, TypeError
            If a parameter or a text is not what it must be, or if the pipeline does not
            write what is to be counted.
        """
        self.fit_transform(X)
        return self

    @fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X: Texts, y: None = None) -> sparse.csr_matrix:
        """Learn which tags and types there are, and count them.

        Parameters
        ----------
        X : array-like of shape (n_samples,)
            Texts in any container, or one column of them.
        y : None
            Not used.

        Returns
        -------
        counts : CSR matrix of shape (n_samples, n_features), float32
        """
        texts = check_texts(X)
        check_features(self.features)
        check_annotations(self.pipeline, texts[: self.batch_size], self.features)
        self.vectorizer_ = DictVectorizer(dtype=np.float32)
        return self.vectorizer_.fit_transform(map_chunks(self._count, texts, self.n_jobs))

    def transform(self, X: Texts) -> sparse.csr_matrix:
        """Count the tags and types that were there in fit.

        Parameters
        ----------
        X : array-like of shape (n_samples,)
            Texts in any container, or one column of them.

        Returns
        -------
        counts : CSR matrix of shape (n_samples, n_features), float32
        """
        check_is_fitted(self)
        return self.vectorizer_.transform(map_chunks(self._count, check_texts(X), self.n_jobs))

    def get_feature_names_out(self, input_features: None = None) -> NDArray[np.object_]:
        """Name the columns: ``pos=NOUN``, ``ent=ORG``.

        Parameters
        ----------
        input_features : None
            Not used.

        Returns
        -------
        feature_names_out : ndarray of shape (n_features,), dtype object
        """
        check_is_fitted(self)
        return self.vectorizer_.get_feature_names_out()

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

    def _count(self, texts):
        docs = read_texts(load_pipeline(self.pipeline), texts, self.batch_size)
        return list(map(partial(describe, names=self.features, normalize=self.normalize), docs))


def describe(doc, names, normalize):
    """Count everything in a document, by feature name."""
    length = sum(not token.is_space for token in doc) if normalize else 1
    return {
        f"{name}={value}": number / length
        for name in names
        for value, number in count(doc, name).items()
    }


def check_features(features):
    """Refuse an empty list of features, and names that are none."""
    for place, name in enumerate(features):
        if name not in ANNOTATIONS:
            raise ValueError(f"features[{place}] must be one of {list(ANNOTATIONS)}; got {name!r}.")
    if not features:
        raise ValueError(f"features is empty; give one or more of {list(ANNOTATIONS)}.")
