"""Several labels per text: words, words beside MiniLM, MiniLM fine-tuned, and their averages.

Reuters-90 (ModApte) and GoEmotions. Each model is fitted once for each fold, and its scores of the
rows that it has not seen choose a threshold for each label; test rows have the mean score of these
models, so that the encoder is trained no more often. With ``--folds 1`` a tenth of the rows is
held out instead, of which a rare label has one or none. Averages are of log-odds, which one
logistic curve for all labels makes of the scores of each model: thresholds are means over folds,
and those of probabilities, nearly all of which are close to zero, are a poor mean.

The encoder reads the first 128 pieces of a text, which is all of most. The published lines are
those of ``reuters.py``, of one threshold for all labels; head, medium and tail are labels of at
least 35, of 9 to 34, and of at most 8 training texts. Seconds are of the processor, on one thread.

    python benchmarks/fine_tuned_labels.py --sets reuters_r90 --losses bce DB --scores folder
"""

import argparse
import tempfile
import warnings
from itertools import combinations
from pathlib import Path

import numpy as np
import torch
from _minilm import minilm
from _multilabel import figures, line, read_label_matrix, tune
from _report import cpu_seconds, print_machine
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from sktext import TransformerClassifier
from sktext.exceptions import TruncationWarning
from sktext.features import FastTfidfVectorizer, HybridVectorizer, SentenceEncoder
from sktext.losses import DistributionBalancedLoss
from sktext.model_selection import IterativeStratifiedKFold, IterativeStratifiedShuffleSplit

SETS = {"reuters_r90": 3, "goemotions": 1}  # with the number of folds
LOSSES = {
    "bce": "bce",
    "focal": "focal",
    "asl": "asl",
    "DB": DistributionBalancedLoss(),
    "CB-NTR": DistributionBalancedLoss("CB-NTR"),
}


def words():
    """Words without the most frequent ones."""
    return FastTfidfVectorizer(sublinear_tf=True, min_df=2, stop_words="english", dtype=np.float32)


def by_words(vectorizer):
    """A linear SVM for each label."""
    return make_pipeline(vectorizer, OneVsRestClassifier(LinearSVC(random_state=0)))


def models(options, cache):
    """Return functions that make the models, by name."""
    encoder = SentenceEncoder(
        minilm(), dtype="bfloat16", max_length=options.max_length, cache=cache
    )

    def fine_tuned(loss):
        return TransformerClassifier(
            minilm(),
            loss=LOSSES[loss],
            lora=options.lora,
            dtype="bfloat16",
            max_length=options.max_length,
            max_epochs=options.epochs,
            random_state=0,
        )

    kind = "LoRA" if options.lora else "fine-tuned"
    return {
        "words": lambda: by_words(words()),
        "hybrid": lambda: by_words(HybridVectorizer(words(), encoder)),
        **{f"{kind}, {loss}": lambda loss=loss: fine_tuned(loss) for loss in options.losses},
    }


def split(X, y, n_folds):
    """Divide rows into folds that share out rare labels, or hold out a tenth."""
    cv = IterativeStratifiedShuffleSplit(1, test_size=0.1, random_state=0)
    if n_folds > 1:
        cv = IterativeStratifiedKFold(n_folds, shuffle=True, random_state=0)
    return list(cv.split(X, y))


def score(name, make, data, splits):
    """Score the rows of each fold, and test rows by the mean of the models."""
    X, y, X_test, _ = data
    scores, of_models = np.full(y.shape, np.nan), []
    for fold, (train, held) in enumerate(splits):

        def fit_and_score(train=train, held=held):
            clf = make().fit(X[train], y[train])
            return clf.decision_function(X[held]), clf.decision_function(X_test)

        (scores[held], of_test), taken = cpu_seconds(fit_and_score)
        # What a model says of a label that it has not seen means nothing.
        unseen = ~y[train].any(axis=0)
        scores[np.ix_(held, unseen)] = np.nan
        of_models.append(np.where(unseen, np.nan, of_test))
        print(f"  {name}, fold {fold}: {taken:.0f} CPU s", flush=True)
    return scores, np.nanmean(of_models, axis=0)


def kept(folder, name, make, data, splits):
    """Score, or read what an earlier run has scored."""
    file = folder / f"{name}.npz"
    if not file.exists():
        scores, of_test = score(name, make, data, splits)
        np.savez_compressed(file, scores=scores, of_test=of_test)
    found = np.load(file)
    return found["scores"], found["of_test"]


def log_odds(scores, y, of_test):
    """Give the scores of all models one scale, by one curve for all labels."""
    known = ~np.isnan(scores)
    curve = LogisticRegression(C=np.inf).fit(scores[known][:, None], y[known])
    slope, intercept = curve.coef_.item(), curve.intercept_.item()
    return [slope * part + intercept for part in (scores, of_test)]


def report(name, data, splits, scores, of_test):
    """Print a line for a threshold of zero, and one for a threshold for each label."""
    _, y, _, y_test = data
    scores, of_test = (np.nan_to_num(part, nan=-1.0) for part in (scores, of_test))
    tuned = tune(scores, y, splits, "micro_macro").predict(of_test)
    for how, predicted in {"own": (of_test > 0).astype(int), "per label": tuned}.items():
        print(line(f"{name}, {how}", figures(y, y_test, predicted)), flush=True)


def compare(dataset, options, folder):
    """Print the table of a data set."""
    X, y, part, _ = read_label_matrix(dataset)
    parts = [np.flatnonzero(part != "test"), np.flatnonzero(part == "test")]
    if options.rows:
        rng = np.random.default_rng(0)
        parts = [np.sort(rng.permutation(rows)[: options.rows]) for rows in parts]
    train, test = parts
    data = X[train], y[train], X[test], y[test]
    n_folds = options.folds or SETS[dataset]
    splits = split(*data[:2], n_folds)
    print(f"\n{dataset}: {len(train)} training and {len(test)} test texts, {len(splits)} folds")
    settings = (dataset, n_folds, options.max_length, options.epochs, options.rows or "all")
    folder /= "-".join(map(str, settings))
    folder.mkdir(parents=True, exist_ok=True)
    known = {
        name: kept(folder, name, make, data, splits)
        for name, make in models(options, folder / "vectors").items()
    }
    print(f"{'F1, percent: micro and macro of':<46} all labels   head         medium       tail")
    for name, scores in known.items():
        report(name, data, splits, *scores)
    odds = {name: log_odds(scores, y[train], of) for name, (scores, of) in known.items()}
    for group in [*combinations(known, 2), tuple(known)]:
        means = (np.mean([odds[name][i] for name in group], axis=0) for i in (0, 1))
        name = " + ".join(group) if len(group) < len(odds) else "all together"
        report(name, data, splits, *means)


def main():
    """Print a table for each set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--losses", nargs="*", choices=LOSSES, default=["bce"])
    parser.add_argument("--lora", action="store_true", help="train adapters only")
    parser.add_argument("--folds", type=int, help="default: 3 of Reuters, 1 of GoEmotions")
    parser.add_argument("--max-length", type=int, default=128, help="pieces of a text")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rows", type=int, help="a sample of each part, to try the code")
    parser.add_argument("--scores", type=Path, help="folder of scores, to go on with later")
    options = parser.parse_args()
    torch.set_num_threads(1)
    print_machine()
    warnings.simplefilter("ignore", TruncationWarning)
    warnings.filterwarnings("ignore", message="Mean of empty slice")
    warnings.filterwarnings("ignore", message="Label .* is present in all training examples")
    with tempfile.TemporaryDirectory() as temporary:
        for dataset in options.sets:
            compare(dataset, options, options.scores or Path(temporary))


if __name__ == "__main__":
    main()
