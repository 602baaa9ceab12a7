"""Batches that have texts of each class, in equal numbers."""

import numpy as np


class Deck:
    """Numbers in random order, each drawn once before any is drawn again.

    Parameters
    ----------
    numbers : sequence of int
    rng : RandomState
    """

    def __init__(self, numbers, rng):
        self.numbers = list(numbers)
        self.rng = rng
        self.left: list[int] = []

    def draw(self, n):
        """Draw different numbers; all, if there are fewer."""
        n = min(n, len(self.numbers))
        if len(self.left) < n:  # those that are left come first now, and last in the next round
            again = [number for number in self.numbers if number not in self.left]
            self.left += self.rng.permutation(again).tolist() + self.left
        drawn, self.left = self.left[:n], self.left[n:]
        return drawn


def class_batches(target, n_batches, texts_per_class, classes_per_batch, rng):
    """Draw batches of texts, in which each class has the same number of texts.

    Parameters
    ----------
    target : ndarray of shape (n_texts,) or (n_texts, n_labels)
        Numbers of classes, or an indicator; texts without a label are a class of their own.
    n_batches : int
    texts_per_class : int
    classes_per_batch : int
        Of more classes, so many are drawn for each batch.
    rng : RandomState

    Yields
    ------
    texts : ndarray of int
        Numbers of the texts of a batch. The only text of a class is there twice, so that it has
        its like in another draw of the dropout; all others once.
    """
    classes = [np.flatnonzero(has) for has in columns(target)]
    texts = [Deck(members, rng) for members in classes if len(members)]
    numbers = Deck(range(len(texts)), rng)
    for _ in range(n_batches):
        batch: dict[int, int] = {}
        for number in numbers.draw(classes_per_batch):
            drawn = texts[number].draw(texts_per_class)
            batch |= {text: 2 if len(texts[number].numbers) == 1 else 1 for text in drawn}
        yield np.repeat(list(batch), list(batch.values()))


def columns(target):
    """Return which texts each class has."""
    if target.ndim == 1:
        return [target == number for number in range(int(target.max()) + 1)]
    return [*(target.T > 0), (target <= 0).all(axis=1)]
