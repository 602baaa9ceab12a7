"""New texts by putting other words in."""

from collections.abc import Callable, Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.random import RandomState
from numpy.typing import ArrayLike

from sktext._validation import HasMethods, Interval
from sktext.sampling._augmenting_sampler import AugmentingSampler, protected, split_word, words_of
from sktext.sampling._random_text_over_sampler import RandomTextOverSampler


class WordReplacementOverSampler(AugmentingSampler):
    """Add copies of texts of rare classes with some words replaced.

    Use it with a table of word vectors, where a rare class misses words that mean the
    same as its own. Without a table a word gives way to any word of the same class, which
    teaches a bag of words which words go together with a class, and no grammar. Do not
    use it where single words decide by their very form (names, codes). Negations and the
    words after them are kept: near words are often opposites.

    Parameters
    ----------
    vectors : mapping of str to array, or gensim KeyedVectors, default=None
        Word vectors, in lower case; None takes words of the same class.
    fraction : float, default=0.2
        Fraction of the words that are replaced on average, at least one, in (0, 1).
    n_neighbors : int, default=5
        The near word is drawn from so many, at least 1.
    min_similarity : float, default=0.5
        Cosine that a near word must reach, in [-1, 1]; a word without any stays.
    sampling_strategy : str, float, dict, list or callable, default="auto"
        As in :class:`RandomTextOverSampler`.
    max_growth : float, default=0.25
        As in :class:`RandomTextOverSampler`.
    random_state : int, RandomState instance or None, default=None
        Seed of everything drawn.

    Attributes
    ----------
    sample_indices_ : ndarray of shape (n_resampled,)
        The row that each text comes from: first all texts as they are, then the new ones.

    References
    ----------
    .. [1] Wang and Yang, "That's So Annoying!!!: A Lexical and Frame-Semantic Embedding
       Based Data Augmentation Approach", EMNLP 2015. https://aclanthology.org/D15-1306

    Examples
    --------
    >>> from sktext.sampling import WordReplacementOverSampler
    >>> vectors = {"prize": [1.0, 0.1], "reward": [1.0, 0.2], "later": [0.0, 1.0]}
    >>> sampler = WordReplacementOverSampler(vectors, fraction=0.9, random_state=0)
    >>> texts = ["see you later", "see you", "Prize waiting!"]
    >>> sampler.fit_resample(texts, ["ham", "ham", "spam"])[0][-1]
    'Reward waiting!'
    """

    _parameter_constraints = {
        "vectors": [HasMethods(["__getitem__", "__contains__"]), None],
        "fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "min_similarity": [Interval(Real, -1, 1, closed="both")],
        **RandomTextOverSampler._parameter_constraints,
    }

    def __init__(
        self,
        vectors: Mapping[str, ArrayLike] | Any | None = None,
        fraction: float = 0.2,
        n_neighbors: int = 5,
        min_similarity: float = 0.5,
        sampling_strategy: str
        | float
        | dict[Any, int]
        | list[Any]
        | Callable[..., dict[Any, int]] = "auto",
        max_growth: float = 0.25,
        random_state: int | RandomState | None = None,
    ) -> None:
        self.vectors = vectors
        self.fraction = fraction
        self.n_neighbors = n_neighbors
        self.min_similarity = min_similarity
        self.sampling_strategy = sampling_strategy
        self.max_growth = max_growth
        self.random_state = random_state

    def _learn(self, texts, groups):
        if self.vectors is None:
            self._source = ClassWords(texts, groups)
        else:
            self._source = NearWords(self.vectors, self.n_neighbors, self.min_similarity)

    def _change(self, words, places, group, rng):
        for place in places:
            before, core, after = split_word(words[place])
            found = self._source.candidates(core.lower(), group)
            if len(found):
                words[place] = before + like(core, found[rng.randint(len(found))]) + after
        return words

    def __getstate__(self):
        state = super().__getstate__()
        state.pop("_source", None)
        return state


class ClassWords:
    """The words that each class uses, as often as it uses them."""

    def __init__(self, texts, groups):
        self.words = {group: [] for group in set(groups.tolist())}
        for text, group in zip(texts, groups.tolist(), strict=True):
            words = words_of(text)
            kept = protected(words)
            cores = [
                split_word(word)[1] for word, keep in zip(words, kept, strict=True) if not keep
            ]
            self.words[group] += [core for core in cores if core]

    def candidates(self, word, group):
        """Return the words that may stand for a word in a class."""
        return self.words[group]


class NearWords:
    """The words nearest to a word in a table of vectors."""

    def __init__(self, vectors, n_neighbors, min_similarity):
        # gensim's tables have the one, mappings the other.
        self.words = list(getattr(vectors, "index_to_key", None) or vectors.keys())
        self.row = {word: i for i, word in enumerate(self.words)}
        table = np.array([vectors[word] for word in self.words], dtype=np.float32)
        length = np.linalg.norm(table, axis=1, keepdims=True)
        self.unit = table / np.where(length > 0, length, 1)
        self.n_neighbors = n_neighbors
        self.min_similarity = min_similarity
        self.known = {}

    def candidates(self, word, group):
        """Return the words that may stand for a word, whatever the class."""
        if word not in self.known:
            self.known[word] = self._search(word) if word in self.row else []
        return self.known[word]

    def _search(self, word):
        cosine = self.unit @ self.unit[self.row[word]]
        cosine[self.row[word]] = -np.inf
        best = np.argsort(-cosine, kind="stable")[: self.n_neighbors]
        return [self.words[i] for i in best if cosine[i] >= self.min_similarity]


def like(word, other):
    """Write a word as another is written: in capitals, capitalised, or neither."""
    if word.isupper() and len(word) > 1:
        return other.upper()
    return other.capitalize() if word[:1].isupper() else other
