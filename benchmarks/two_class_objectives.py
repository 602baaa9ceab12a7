"""What the threshold between two classes should be chosen for, on 29 tasks.

Of each task 60 % of the rows are fitted, tuned by five folds, and the others scored. Tasks are
spam, reviews of several proportions, and one class or label against the rest.
"""

import warnings

import numpy as np
from _multilabel import read_label_matrix
from _report import print_machine, read_data
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score
from sklearn.model_selection import train_test_split

from sktext.meta import TunedThresholdsClassifier

OBJECTIVES = ("f1_macro", "f1", "balanced_accuracy", "accuracy")
REVIEWS = ((0.5, 600), (0.5, 3000), (0.3, 3000), (0.1, 3000), (0.03, 4000), (0.8, 3000))
EMOTIONS = (0, 1, 2, 4, 8, 12, 16, 20, 24)  # by frequency
BANDS = {"rare, below 0.1": (0, 0.1), "0.1 to 0.35": (0.1, 0.35), "above 0.35": (0.35, 1)}


def tasks(rng):
    """Yield texts and whether each is positive."""
    frame = read_data("sms_spam")
    yield frame["text"].to_numpy(), frame["label"].eq("spam").to_numpy()
    yield from reviews(rng)
    for name in ("trec", "financial_phrasebank"):
        frame = read_data(name)
        label = frame["label"].astype(str).str.split(":").str[0]
        for one in np.unique(label):
            yield frame["text"].to_numpy(), label.eq(one).to_numpy()
    frame = read_data("newsgroups20").sample(5000, random_state=0)
    for one in np.unique(frame["label"])[[1, 7, 15, 19]]:
        yield frame["text"].to_numpy(), frame["label"].eq(one).to_numpy()
    texts, y, _, _ = read_label_matrix("goemotions")
    rows = rng.permutation(len(texts))[:8000]
    for place in np.argsort(-y.sum(axis=0))[list(EMOTIONS)]:
        yield texts[rows], y[rows, place] > 0


def reviews(rng):
    """Yield reviews with several fractions of positive ones."""
    frame = read_data("imdb_10k")
    texts, label = frame["text"].to_numpy(), np.unique(frame["label"], return_inverse=True)[1]
    for fraction, n_rows in REVIEWS:
        n_positive = round(fraction * n_rows)
        parts = ((1, n_positive), (0, n_rows - n_positive))
        rows = [rng.choice(np.flatnonzero(label == k), n, replace=False) for k, n in parts]
        yield texts[np.concatenate(rows)], label[np.concatenate(rows)] > 0


def scores_of(texts, positive):
    """Compute macro F1, balanced accuracy, accuracy and F1 of each way on held-out rows."""
    X, X_test, y, y_test = train_test_split(
        texts, positive, test_size=0.4, stratify=positive, random_state=0
    )
    words = TfidfVectorizer(sublinear_tf=True, min_df=2)
    rows, rows_test = words.fit_transform(X), words.transform(X_test)
    scores = {}
    for objective in OBJECTIVES:
        clf = TunedThresholdsClassifier(
            LogisticRegression(), objective=objective, random_state=0
        ).fit(rows, y)
        for name, model in {"not tuned": clf.estimator_, objective: clf}.items():
            predicted = model.predict(rows_test)
            scores[name] = [
                f1_score(y_test, predicted, average="macro"),
                balanced_accuracy_score(y_test, predicted),
                accuracy_score(y_test, predicted),
                f1_score(y_test, predicted, zero_division=0),
            ]
    return {name: np.array(values) for name, values in scores.items()}


def main():
    """Print means over tasks by the fraction of positives, and the largest losses."""
    print_machine()
    warnings.filterwarnings("ignore", message="The objective has the same value")
    found = [(y.mean(), scores_of(X, y)) for X, y in tasks(np.random.RandomState(0))]
    for band, (low, high) in {**BANDS, "all": (0, 1)}.items():
        part = [scores for fraction, scores in found if low <= fraction < high]
        print(f"{band}: {len(part)} tasks")
        for name in ("not tuned", *OBJECTIVES):
            values = np.array([scores[name] for scores in part])
            worst = min(scores[name][0] - scores["not tuned"][0] for scores in part)
            macro, balanced, accuracy, f1 = values.mean(axis=0)
            print(
                f"  {name:<18} macro F1 {macro:.3f}   balanced accuracy {balanced:.3f}   "
                f"accuracy {accuracy:.3f}   F1 {f1:.3f}   least change of macro F1 {worst:+.3f}"
            )


if __name__ == "__main__":
    main()
