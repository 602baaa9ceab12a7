"""Thresholds per label on Reuters-90 (ModApte), around the same linear pipeline.

"Their" side is written by hand with scikit-learn: five out-of-fold passes, and for each
label the cut with the best F1 of all its out-of-fold scores.
"""

import time
import warnings

import numpy as np
from _multilabel import f1, read_label_matrix
from _report import print_machine
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import precision_recall_curve
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from sktext.meta import TunedThresholdsClassifier


def main():
    """Print time, micro- and macro-F1 of each way."""
    print_machine()
    texts, y, split, _ = read_label_matrix("reuters_r90")
    train = split == "train"
    data = texts[train], y[train], texts[~train]
    for name, predict in {
        "no thresholds": predict_plainly,
        "by hand": predict_by_hand,
        "ours": predict_by_ours,
        "ours, per_label": lambda *data: predict_by_ours(*data, strategy="per_label"),
        "ours, global": lambda *data: predict_by_ours(*data, strategy="global"),
    }.items():
        start = time.perf_counter()
        answers = predict(*data)
        taken = time.perf_counter() - start
        micro, macro = f1(y[~train], answers)
        print(
            f"{name:<22} {taken:6.2f} s   micro F1 {micro:.4f}   macro F1 {macro:.4f}", flush=True
        )


def make():
    """Build the pipeline."""
    vectorizer = TfidfVectorizer(sublinear_tf=True, min_df=2, stop_words="english")
    return make_pipeline(vectorizer, OneVsRestClassifier(LinearSVC()))


def predict_plainly(texts, y, new):
    """Cut at zero."""
    return make().fit(texts, y).predict(new)


def predict_by_hand(texts, y, new):
    """Cut where the F1 of the pooled out-of-fold scores is best."""
    splits = KFold(5, shuffle=True, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of labels that are in no row of a part
        scores = cross_val_predict(make(), texts, y, cv=splits, method="decision_function")
    cuts = [best_f1_cut(own, truth) for own, truth in zip(scores.T, y.T, strict=True)]
    return make().fit(texts, y).decision_function(new) >= np.array(cuts)


def best_f1_cut(scores, truth):
    """Find the score with the best F1."""
    precision, recall, cuts = precision_recall_curve(truth, scores)
    total = np.maximum(precision + recall, 1e-12)
    return cuts[np.argmax((2 * precision * recall / total)[:-1])]


def predict_by_ours(texts, y, new, **params):
    """Let the classifier find its thresholds."""
    return TunedThresholdsClassifier(make(), random_state=0, **params).fit(texts, y).predict(new)


if __name__ == "__main__":
    main()
