"""Every loss on SMS spam without its repeated texts, five stratified splits.

Features are character n-grams of two to five within words. The last line lets an inner
cross-validation on the training part choose the loss.
"""

from tempfile import TemporaryDirectory

import numpy as np
from _report import print_machine, read_data
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score

from sktext import TfidfTorchClassifier
from sktext.losses import LOSSES


def main(memory):
    """Print the table; features are kept in the folder ``memory``."""
    print_machine()
    messages = read_data("sms_spam").drop_duplicates("text")
    texts, labels = messages["text"].tolist(), messages["label"].to_numpy()
    print(f"{len(texts)} messages, {np.mean(labels == 'spam'):.1%} spam")
    splits = StratifiedKFold(5, shuffle=True, random_state=0)
    classifier = TfidfTorchClassifier(random_state=0, memory=memory).set_params(
        vectorizer__analyzer="char_wb", vectorizer__ngram_range=(2, 5)
    )
    results = {}
    for name, Loss in LOSSES.items():
        if "binary" in Loss().tasks:
            scores = cross_val_score(
                classifier.set_params(loss=name), texts, labels, cv=splits, scoring="f1_macro"
            )
            results[name] = scores
            print(
                f"{name:<22} macro F1 {scores.mean():.4f} (spread {scores.std():.4f})", flush=True
            )
    best = max(results, key=lambda name: results[name].mean())
    print(f"best loss: {best}, macro F1 {results[best].mean():.4f}")
    candidates = ["cross_entropy", "focal", "hinge", "logit_adjustment", "margin_ce", "ldam"]
    search = GridSearchCV(classifier, {"loss": candidates}, scoring="f1_macro", cv=3)
    scores = cross_val_score(search, texts, labels, cv=splits, scoring="f1_macro")
    print(f"loss chosen on each training part: macro F1 {scores.mean():.4f}")


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        main(folder)
