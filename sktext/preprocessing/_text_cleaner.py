"""Cleaning of texts, step by step."""

from collections.abc import Collection
from functools import partial
from numbers import Integral
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from sktext._texts import Texts
from sktext._validation import StrOptions, check_parameters, check_texts, fit_context
from sktext.preprocessing._accents import strip_accents
from sktext.preprocessing._chunks import map_chunks
from sktext.preprocessing._html import strip_html
from sktext.preprocessing._lemmas import lemmatizer
from sktext.preprocessing._one_column import name_of_column
from sktext.preprocessing._spacy_pipeline import PIPELINE
from sktext.preprocessing._urls import replace_urls
from sktext.preprocessing._words import map_words, map_words_and_mark, word_rule


class TextCleaner(TransformerMixin, BaseEstimator, auto_wrap_output_keys=None):  # type: ignore[call-arg]
    """Clean texts: HTML, addresses, accents, stop words, negations, stems and lemmas.

    Use it in front of a bag of words, when the texts come from the web, or to try whether
    stop words, stems or marked negations help; each step is a parameter to search over.

    Do not use it in front of a pretrained model, which was trained on texts as they are;
    nor to get the article out of a web page, for which there are readers of whole pages.
    Stop words and stems cost little and often gain nothing: compare before keeping them.

    Parameters
    ----------
    lowercase : bool, default=True
        Whether to write small letters.
    strip_html : bool, default=True
        Whether to take out tags, comments and scripts and to decode entities such as
        ``&amp;``. Only names of HTML are tags, and names with a hyphen or colon that the
        text also closes, as ``</my-tag>``: ``<3``, ``a < b``, ``<unk>``, ``<Coca-Cola Co>``
        and ``<https://...>`` stay. So do a tag without an end, and a comment, script or
        style that is never closed.
    urls : {"keep", "drop"} or str, default="keep"
        What becomes of addresses such as ``https://...`` and ``www...``. Any other str
        replaces them, and is a word like others from there on. Kept ones are left whole.
        An address may go on in letters of scripts that put spaces between words, such as
        Cyrillic; it ends before those of Chinese, Japanese, Korean, Thai and their like,
        which then stay as text, and before punctuation and emoji outside ASCII.
    strip_accents : bool, default=False
        Whether to take the accents off Latin, Greek and Cyrillic letters.
    stop_words : {"english"} or list of str, default=None
        Words to drop, whatever their case. "english" is the list of scikit-learn's
        vectorizers; mind that "serious", "well" and "system" are on it. Contractions go
        with their word: "it's" with "it".
    keep_negations : bool, default=True
        Whether English negations stay though they are stop words: not, no, never, nor,
        without, nothing, hardly and so on, and every form with n't.
    mark_negation : bool, default=False
        Whether to write an English negation into the words that it turns around:
        "isn't good" becomes "is not_good".
    negation_scope : {"word", "clause"}, default="word"
        Which words are marked: the next one that is not dropped, so that with stop words
        "not a good film" becomes "not_good film"; or all up to a punctuation mark, "but",
        "although", "though" or "however". Punctuation ends the scope in both.
    stem : str, default=None
        Language of NLTK's Snowball stemmer, such as "english", "german", or "porter".
        Stems are in small letters. Needs the extra ``nltk``.
    lemmatize : str or spaCy Language, default=None
        The code of a language such as "en", for a lookup in the tables of
        spacy-lookups-data, which is fast and knows no context; or a trained pipeline or
        its name, such as "en_core_web_sm". Contractions are opened: "can't" becomes "can
        not". A name is cheaper than an object, which every clone and pickle holds a copy
        of. Needs the extra ``spacy``.
    n_jobs : int, default=None
        Processes to work on; None is one, -1 is one per processor. Changes no result.
        Starting them takes seconds and the texts must travel, so time it before using it.

    See Also
    --------
    SpacyWordTags : Texts with the part of speech of each word.

    Notes
    -----
    The order of the steps is fixed: HTML, addresses, lemmas, small letters, stop words,
    stems, marks of negation, accents, and white space last, where every run of it becomes
    one space. Lemmas come before small letters because taggers and tables look at capitals,
    and accents go late because stemmers and lists of stop words look at them.

    With scikit-learn's default ``token_pattern``, ``not_good`` is one token, and "don't" is
    "don".

    References
    ----------
    .. [1] Nothman, Qin and Yurchak, "Stop Word Lists in Free Open-source Software
       Packages", NLP-OSS 2018. https://aclanthology.org/W18-2502/
    .. [2] Pang, Lee and Vaithyanathan, "Thumbs up? Sentiment Classification using Machine
       Learning Techniques", EMNLP 2002 (marks of negation).
       https://aclanthology.org/W02-1011/
    .. [3] Porter, "Snowball: A language for stemming algorithms", 2001.
       http://snowball.tartarus.org/texts/introduction.html
    .. [4] https://www.nltk.org/api/nltk.stem.snowball.html
    .. [5] https://spacy.io/api/lemmatizer

    Examples
    --------
    >>> from sktext.preprocessing import TextCleaner
    >>> texts = ["<p>This isn't a <b>good</b> film.</p>", "I &lt;3 it: https://example.org"]
    >>> TextCleaner().fit_transform(texts)
    ["this isn't a good film.", 'i <3 it: https://example.org']
    >>> cleaner = TextCleaner(urls="drop", stop_words="english", mark_negation=True)
    >>> cleaner.fit_transform(texts)
    ['not_good film.', '<3 :']
    """

    _parameter_constraints = {
        "lowercase": ["boolean"],
        "strip_html": ["boolean"],
        "urls": [str],
        "strip_accents": ["boolean"],
        "stop_words": [StrOptions({"english"}), list, tuple, set, frozenset, None],
        "keep_negations": ["boolean"],
        "mark_negation": ["boolean"],
        "negation_scope": [StrOptions({"word", "clause"})],
        "stem": [str, None],
        "lemmatize": [*PIPELINE, None],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        *,
        lowercase: bool = True,
        strip_html: bool = True,
        urls: str = "keep",
        strip_accents: bool = False,
        stop_words: Literal["english"] | Collection[str] | None = None,
        keep_negations: bool = True,
        mark_negation: bool = False,
        negation_scope: Literal["word", "clause"] = "word",
        stem: str | None = None,
        lemmatize: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.lowercase = lowercase
        self.strip_html = strip_html
        self.urls = urls
        self.strip_accents = strip_accents
        self.stop_words = stop_words
        self.keep_negations = keep_negations
        self.mark_negation = mark_negation
        self.negation_scope = negation_scope
        self.stem = stem
        self.lemmatize = lemmatize
        self.n_jobs = n_jobs

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Texts, y: None = None) -> Self:
        """Check the parameters and the texts; nothing is learned.

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
            If a parameter or a text is not what it must be.
        ImportError
            If ``stem`` or ``lemmatize`` need a library that is not installed.
        """
        check_texts(X)
        list(self._steps())
        return self

    def transform(self, X: Texts) -> list[str]:
        """Clean texts.

        Parameters
        ----------
        X : array-like of shape (n_samples,)
            Texts in any container, or one column of them.

        Returns
        -------
        texts : list of str of length n_samples
        """
        check_parameters(self)
        return map_chunks(self._clean, check_texts(X), self.n_jobs)

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

    def _clean(self, texts):
        for step in self._steps():
            texts = step(texts)
        return list(texts)

    def _steps(self):
        """Yield the steps that are switched on, in their order; each maps texts to texts."""
        if self.strip_html:
            yield partial(map, strip_html)
        if self.urls != "keep":
            token = "" if self.urls == "drop" else self.urls
            yield partial(map, partial(replace_urls, token=token))
        if self.lemmatize is not None:
            yield lemmatizer(self.lemmatize)
        if self.lowercase:
            yield partial(map, str.lower)
        if self.mark_negation or self.stem is not None or self.stop_words is not None:
            yield partial(map, self._word_step())
        if self.strip_accents:
            yield partial(map, strip_accents)
        yield partial(map, collapse_spaces)

    def _word_step(self):
        rule = word_rule(self.stop_words, self.keep_negations, self.stem)
        if not self.mark_negation:
            return partial(map_words, rule=rule)
        if self.stop_words is not None and not self.keep_negations:
            raise ValueError(
                "mark_negation=True needs the negations that keep_negations=False drops with "
                "the stop words; set keep_negations=True."
            )
        return partial(map_words_and_mark, rule=rule, scope=self.negation_scope)


def collapse_spaces(text):
    """Write every run of white space as one space, none at the ends."""
    return " ".join(text.split())
