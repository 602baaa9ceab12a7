"""Techniques against imbalance on SMS spam without its repeated texts, ten seeds.

All read the same features: TF-IDF of words and pairs of words, then of character n-grams
within words. A seed is a stratified split, 80 % for training, and the seed of the
classifier. Calibration error is the mean distance between confidence in spam and share of
spam, in ten bins of as many messages.
"""

import numpy as np
from _report import print_machine, read_data
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score, recall_score
from sklearn.model_selection import train_test_split
from sklearn.svm import LinearSVC

from sktext import TorchClassifier
from sktext.losses import FocalLoss

N_SEEDS = 10
TECHNIQUES = {
    "LinearSVC, balanced (scikit-learn)": LinearSVC(class_weight="balanced"),
    "cross-entropy": TorchClassifier(),
    "bias at the class shares": TorchClassifier(bias_init="prior"),
    "down-sample": TorchClassifier(sampler=RandomUnderSampler()),
    "down-sample, up-weight": TorchClassifier(sampler=RandomUnderSampler(), reweight=True),
    "up-sample": TorchClassifier(sampler=RandomOverSampler()),
    "up-sample, down-weight": TorchClassifier(sampler=RandomOverSampler(), reweight=True),
    "SMOTE": TorchClassifier(sampler=SMOTE()),
    "SMOTE, down-weight": TorchClassifier(sampler=SMOTE(), reweight=True),
    "balanced batches": TorchClassifier(sampler="balanced_batches"),
    "balanced batches, reweighted": TorchClassifier(sampler="balanced_batches", reweight=True),
    "inverse-frequency weights": TorchClassifier(class_weight="balanced"),
    "weights ham 0.576, spam 10": TorchClassifier(class_weight={"ham": 0.576, "spam": 10.0}),
    "focal loss, gamma 2": TorchClassifier(loss="focal"),
    "focal loss, gamma 2, alpha 0.25": TorchClassifier(loss=FocalLoss(gamma=2.0, alpha=0.25)),
    "logit adjustment": TorchClassifier(loss="logit_adjustment"),
    "margin-gated cross-entropy": TorchClassifier(loss="margin_ce"),
    "hinge loss": TorchClassifier(loss="hinge"),
    "hinge loss, balanced": TorchClassifier(loss="hinge", class_weight="balanced"),
    "hinge loss, up-sample": TorchClassifier(loss="hinge", sampler=RandomOverSampler()),
}


def calibration_error(is_spam, proba, n_bins=10):
    """Compute the mean distance of confidence and share over bins of equal size."""
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
        results = {name: [] for name in TECHNIQUES}
        for seed in range(N_SEEDS):
            train, test = train_test_split(
                np.arange(len(texts)), test_size=0.2, stratify=labels, random_state=seed
            )
            vectorizer = TfidfVectorizer(sublinear_tf=True, dtype=np.float32, **params)
            X, X_test = vectorizer.fit_transform(texts[train]), vectorizer.transform(texts[test])
            for name, classifier in TECHNIQUES.items():
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
