"""Ten weight decays on IMDB: fits from zero, fits that start at their neighbour, one search.

A linear model of words and pairs of words. All three minimise the same ten losses; the largest
difference of their test log losses is printed beside the seconds.
"""

import numpy as np
from _report import print_machine, read_halves, seconds
from scipy import sparse
from sklearn.metrics import log_loss

from sktext import TorchClassifier
from sktext.features import FastTfidfVectorizer
from sktext.model_selection import LossSearchCV

WEIGHT_DECAYS = np.logspace(-3.5, -7, 10).tolist()
N_TURNS = 5


def fit_each(train, test, *, warm_start):
    """Fit by one weight decay after the other, strongest first; give the test log losses."""
    model = TorchClassifier(max_epochs=100, warm_start=warm_start, random_state=0)
    losses = []
    for weight_decay in WEIGHT_DECAYS:
        model.set_params(weight_decay=weight_decay).fit(*train)
        losses.append(log_loss(test[1], model.predict_proba(test[0])))
    return losses


def search(train, test):
    """Fit all in one search; give the test log losses."""
    n_train = len(train[1])
    split = np.arange(n_train), np.arange(n_train, n_train + len(test[1]))
    model = TorchClassifier(max_epochs=100, random_state=0)
    grid = {"weight_decay": WEIGHT_DECAYS}
    found = LossSearchCV(model, grid, scoring="neg_log_loss", cv=[split], refit=False)
    found.fit(sparse.vstack([train[0], test[0]]), np.concatenate([train[1], test[1]]))
    return (-found.cv_results_["mean_test_score"]).tolist()


def main():
    """Print the seconds of each way."""
    print_machine()
    train, test = read_halves("imdb")
    vectorizer = FastTfidfVectorizer(sublinear_tf=True, min_df=2, ngram_range=(1, 2))
    vectorizer.set_params(dtype=np.float32)
    train = vectorizer.fit_transform(train[0]), train[1]
    test = vectorizer.transform(test[0]), test[1]
    ways = {
        "each from zero": lambda: fit_each(train, test, warm_start=False),
        "each from its neighbour": lambda: fit_each(train, test, warm_start=True),
        "LossSearchCV": lambda: search(train, test),
    }
    found, times = {}, {name: [] for name in ways}
    for _ in range(N_TURNS):
        for name, way in ways.items():
            times[name].append(seconds(lambda name=name, way=way: found.update({name: way()})))
    reference = found["each from zero"]
    for name, taken in times.items():
        apart = np.abs(np.subtract(found[name], reference)).max()
        ratio = np.median(np.divide(times["each from zero"], taken))
        print(f"{name:<24} {np.median(taken):6.1f} s {ratio:5.1f} x, log loss within {apart:.5f}")


if __name__ == "__main__":
    main()
