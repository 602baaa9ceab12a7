"""New texts by leaving words out."""

from collections.abc import Callable
from numbers import Real
from typing import Any

from numpy.random import RandomState

from sktext._validation import Interval
from sktext.sampling._augmenting_sampler import AugmentingSampler
from sktext.sampling._random_text_over_sampler import RandomTextOverSampler


class WordDeletionOverSampler(AugmentingSampler):
    """Add copies of texts of rare classes with some words left out.

    Use it where a rare class has so few texts that a model learns them by heart. Do not
    use it for texts of three words, nor where one word decides and must not go missing;
    negations and the words after them are always kept.

    Parameters
    ----------
    fraction : float, default=0.1
        Fraction of the words that are left out on average, at least one, in (0, 1).
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
    .. [1] Wei and Zou, "EDA: Easy Data Augmentation Techniques for Boosting Performance on
       Text Classification Tasks", EMNLP 2019. https://arxiv.org/abs/1901.11196

    Examples
    --------
    >>> from sktext.sampling import WordDeletionOverSampler
    >>> texts = ["fine", "very nice", "this was not good at all"]
    >>> sampler = WordDeletionOverSampler(random_state=0)
    >>> sampler.fit_resample(texts, ["+", "+", "-"])[0][-1]
    'this was not good all'
    """

    _parameter_constraints = {
        "fraction": [Interval(Real, 0, 1, closed="neither")],
        **RandomTextOverSampler._parameter_constraints,
    }

    def __init__(
        self,
        fraction: float = 0.1,
        sampling_strategy: str
        | float
        | dict[Any, int]
        | list[Any]
        | Callable[..., dict[Any, int]] = "auto",
        max_growth: float = 0.25,
        random_state: int | RandomState | None = None,
    ) -> None:
        self.fraction = fraction
        self.sampling_strategy = sampling_strategy
        self.max_growth = max_growth
        self.random_state = random_state

    def _change(self, words, places, group, rng):
        gone = set(places.tolist())
        return [word for i, word in enumerate(words) if i not in gone] or words
