"""A generator of imbalanced labelled messages."""

from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.utils import check_random_state

from sktext._validation import Interval, validate_params
from sktext.datasets._topics import SHARED, SLOTS, TOPICS

PHRASES_PER_TEXT = (2, 7)
# Chance of a second, third, ... label in a multilabel text.
EXTRA_LABEL = 0.3


@validate_params(
    {
        "n_samples": [Interval(Integral, 1, None, closed="left")],
        "n_classes": [Interval(Integral, 2, len(TOPICS), closed="both")],
        "imbalance": [Interval(Real, 1, None, closed="left")],
        "difficulty": [Interval(Real, 0, 1, closed="both")],
        "multilabel": ["boolean"],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def make_imbalanced_texts(
    n_samples: int = 1000,
    *,
    n_classes: int = 3,
    imbalance: float = 20.0,
    difficulty: float = 0.5,
    multilabel: bool = False,
    random_state: int | RandomState | None = None,
) -> tuple[list[str], NDArray[Any]]:
    """Generate messages to a customer service, with classes of very unequal size.

    Use it for examples, tests and first tries without data. Do not use it to compare
    models for your own texts: these are made of a few hundred phrases.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of messages, at least 1.
    n_classes : int, default=3
        Number of classes or labels, from 2 to 8.
    imbalance : float, default=20.0
        How much more frequent the first class is than the last, at least 1; those
        between fall off evenly.
    difficulty : float, default=0.5
        Fraction of the phrases of a message that do not belong to its class, in [0, 1]:
        0 is trivial, 1 is noise.
    multilabel : bool, default=False
        Whether a message may have several labels, or none.
    random_state : int, RandomState instance or None, default=None
        Seed of the generator.

    Returns
    -------
    texts : list of str
        The messages.
    labels : ndarray of shape (n_samples,) or (n_samples, n_classes)
        Names of the classes, or an indicator matrix.

    Examples
    --------
    >>> from collections import Counter
    >>> from sktext.datasets import make_imbalanced_texts
    >>> texts, labels = make_imbalanced_texts(n_samples=500, random_state=0)
    >>> Counter(labels.tolist()).most_common()
    [('delivery', 394), ('billing', 82), ('account', 24)]
    >>> texts[8]
    'The password page shows an error. The reset link does nothing.'
    """
    rng = check_random_state(random_state)
    names = list(TOPICS)[:n_classes]
    frequencies = imbalance ** -np.linspace(0, 1, n_classes)
    if multilabel:
        target = draw_label_sets(frequencies, n_samples, rng)
        texts = [write(np.flatnonzero(row), names, difficulty, rng) for row in target]
        return texts, target
    codes = rng.choice(n_classes, size=n_samples, p=frequencies / frequencies.sum())
    texts = [write([code], names, difficulty, rng) for code in codes]
    return texts, np.array(names)[codes]


def draw_label_sets(frequencies, n_samples, rng):
    """Draw an indicator matrix whose columns have the given relative frequencies."""
    target = rng.uniform(size=(n_samples, len(frequencies))) < EXTRA_LABEL * frequencies
    first = rng.choice(len(frequencies), size=n_samples, p=frequencies / frequencies.sum())
    labelled = rng.uniform(size=n_samples) > 0.05
    target[np.arange(n_samples)[labelled], first[labelled]] = True
    return target.astype(int)


def write(codes, names, difficulty, rng):
    """Write one message about some topics, with some phrases about none or others."""
    phrases = []
    for _ in range(rng.randint(*PHRASES_PER_TEXT)):
        if len(codes) and rng.uniform() >= difficulty:
            pool = TOPICS[names[codes[rng.randint(len(codes))]]]
        elif rng.uniform() < 0.5:
            pool = SHARED
        else:
            pool = TOPICS[names[rng.randint(len(names))]]
        phrases.append(fill(pool[rng.randint(len(pool))], rng))
    return ". ".join(phrase[0].upper() + phrase[1:] for phrase in phrases) + "."


def fill(phrase, rng):
    """Fill the slots of a phrase."""
    return phrase.format(**{slot: words[rng.randint(len(words))] for slot, words in SLOTS.items()})
