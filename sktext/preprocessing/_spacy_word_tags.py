"""Texts whose words carry a tag."""

from functools import partial
from numbers import Integral
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from sktext._texts import Texts
from sktext._validation import Interval, StrOptions, check_parameters, check_texts, fit_context
from sktext.preprocessing._annotations import ANNOTATIONS, check_annotations
from sktext.preprocessing._chunks import map_chunks
from sktext.preprocessing._one_column import name_of_column
from sktext.preprocessing._spacy_pipeline import PIPELINE, load_pipeline, read_texts


class SpacyWordTags(TransformerMixin, BaseEstimator, auto_wrap_output_keys=None):  # type: ignore[call-arg]
    """Texts in which each word carries its tag: ``like_VERB``, ``Acme_ORG``.

    Use it in front of a bag of words, when one spelling has several meanings that the part
    of speech tells apart: "like" the verb and "like" the preposition.

    Do not use it with few texts: every word splits into rarer ones. Do not use it in
    front of a pretrained model, which tells them apart by itself.

    Parameters
    ----------
    pipeline : spaCy Language or str
        A loaded pipeline, or the name of an installed one such as "en_core_web_sm". A name
        is cheaper than an object, which every clone and pickle holds a copy of.
    tag : {"pos", "tag", "dep", "ent"}, default="pos"
        What a word carries: its coarse part of speech (NOUN), its fine one (NNS), its role
        in the sentence (nsubj), the type of the entity it is part of (ORG). A word without
        one, and punctuation, stay as they are.
    batch_size : int, default=256
        Texts that the pipeline reads at a time, at least 1.
    n_jobs : int, default=None
        Processes to work on; None is one, -1 is one per processor. Changes no result.

    See Also
    --------
    SpacyFeatures : Counts of the tags, without the words.

    References
    ----------
    .. [1] Pang, Lee and Vaithyanathan, "Thumbs up? Sentiment Classification using Machine
       Learning Techniques", EMNLP 2002 (words with their part of speech).
       https://aclanthology.org/W02-1011/
    .. [2] https://spacy.io/usage/linguistic-features

    Examples
    --------
    >>> import spacy
    >>> from sktext.preprocessing import SpacyWordTags
    >>> nlp = spacy.blank("en")
    >>> ruler = nlp.add_pipe("entity_ruler")
    >>> ruler.add_patterns([{"label": "ORG", "pattern": "Acme"}])
    >>> SpacyWordTags(nlp, tag="ent").fit_transform(["Who sues Acme?"])
    ['Who sues Acme_ORG ?']
    """

    _parameter_constraints = {
        "pipeline": PIPELINE,
        "tag": [StrOptions(set(ANNOTATIONS))],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        pipeline: Any,
        *,
        tag: Literal["pos", "tag", "dep", "ent"] = "pos",
        batch_size: int = 256,
        n_jobs: int | None = None,
    ) -> None:
        self.pipeline = pipeline
        self.tag = tag
        self.batch_size = batch_size
        self.n_jobs = n_jobs

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Texts, y: None = None) -> Self:
        """Check the parameters and what the pipeline writes; nothing is learned.

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
            If a parameter or a text is not what it must be, or if the pipeline writes no
            such tag.
        """
        check_annotations(self.pipeline, check_texts(X)[: self.batch_size], [self.tag])
        return self

    def transform(self, X: Texts) -> list[str]:
        """Put a tag on each word.

        Parameters
        ----------
        X : array-like of shape (n_samples,)
            Texts in any container, or one column of them.

        Returns
        -------
        texts : list of str of length n_samples
            Tokens with one space between them.
        """
        check_parameters(self)
        return map_chunks(self._tag, check_texts(X), self.n_jobs)

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> NDArray[np.object_]:
        """Name the column of texts.

        Parameters
        ----------
        input_features : array-like of one str, default=None
            Name of the column that came in; None is "x0".

        Returns
        -------
        feature_names_out : ndarray of shape (1,), dtype object
        """
        return name_of_column(input_features)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.requires_fit = False
        return tags

    def _tag(self, texts):
        docs = read_texts(load_pipeline(self.pipeline), texts, self.batch_size)
        _, read = ANNOTATIONS[self.tag]
        return list(map(partial(write, read=read), docs))


def write(doc, read):
    """Write a document as tokens with their tags."""
    return " ".join(tagged(token, read(token)) for token in doc if not token.is_space)


def tagged(token, tag):
    """Join a token and its tag, unless it is punctuation or a sign."""
    has_letters = any(character.isalnum() for character in token.text)
    return f"{token.text}_{tag}" if tag and has_letters else token.text
