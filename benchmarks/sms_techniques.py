"""Techniques against imbalance on SMS spam without its repeated texts, ten seeds.

All read the same features: TF-IDF of words and pairs of words, then of character n-grams
within words. A seed is a stratified split, 80 % for training, and the seed of the
classifier. Calibration error is the mean distance between confidence in spam and fraction of
spam, in ten bins of as many messages.
"""

import numpy as np
from _report import print_machine, read_data
from _techniques import TECHNIQUES
from imblearn.over_sampling import SMOTE
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score, recall_score
from sklearn.model_selection import train_test_split
from sklearn.svm import LinearSVC

from sktext import TorchClassifier

N_SEEDS = 10
CLASSIFIERS = {
    "LinearSVC, balanced (scikit-learn)": LinearSVC(class_weight="balanced"),
    **{name: TorchClassifier(**params) for name, params in TECHNIQUES.items()},
    "SMOTE": TorchClassifier(sampler=SMOTE()),
    "SMOTE, down-weight": TorchClassifier(sampler=SMOTE(), reweight=True),
}


def calibration_error(is_spam, proba, n_bins=10):
    """Compute the mean distance of confidence and fraction over bins of equal size."""
    bins = np.array_split(np.argsort(proba, kind="stable"), n_bins)
    return np.mean([abs(proba[rows].mean() - is_spam[rows].mean()) for rows in bins])


FEATURES = {
    "words and pairs of words": {"ngram_range": (1, 2)},
    "two to five characters within words": {"analyzer": "char_wb", "ngram_range": (2, 5)},
}


def main():
    """Print a table for each kind of features."""
    print_machine()
    messages = read_data("sms_spam").drop_duplicates("text")
    texts, labels = messages["text"].to_numpy(dtype=object), messages["label"].to_numpy()
    print(f"{len(texts)} messages, {np.mean(labels == 'spam'):.1%} spam, {N_SEEDS} seeds")
    for features, params in FEATURES.items():
        print(f"\n{features}")
        results = {name: [] for name in CLASSIFIERS}
        for seed in range(N_SEEDS):
            train, test = train_test_split(
                np.arange(len(texts)), test_size=0.2, stratify=labels, random_state=seed
            )
            vectorizer = TfidfVectorizer(sublinear_tf=True, dtype=np.float32, **params)
            X, X_test = vectorizer.fit_transform(texts[train]), vectorizer.transform(texts[test])
            for name, classifier in CLASSIFIERS.items():
                model = classifier.set_params(random_state=seed).fit(X, labels[train])
                results[name].append(figures(model, X_test, labels[test]))
        print_table(results)


def figures(model, X, labels):
    """Compute macro F1, recall of spam and calibration error."""
    predicted, is_spam, error = model.predict(X), labels == "spam", np.nan
    if hasattr(model, "predict_proba"):
        error = calibration_error(is_spam, model.predict_proba(X)[:, 1])
    macro = f1_score(labels, predicted, average="macro")
    return macro, recall_score(is_spam, predicted == "spam"), error


def print_table(results):
    """Print the mean of each technique's figures."""
    print(f"{'technique':<36}{'macro F1':>10}{'spread':>9}{'spam recall':>13}{'cal. error':>12}")
    for name, rows in results.items():
        macro, recall, error = np.mean(rows, axis=0)
        spread = np.std(rows, axis=0)[0]
        print(f"{name:<36}{macro:>10.4f}{spread:>9.4f}{recall:>13.4f}{error:>12.4f}", flush=True)


if __name__ == "__main__":
    main()
