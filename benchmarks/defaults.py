"""The figures behind the defaults: optimizer, step size and weight decay on several sets.

Macro F1 on a quarter of the training rows, held out, and seconds of ``fit``.
"""

from functools import partial

import numpy as np
from _report import print_machine, read_data, seconds
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MultiLabelBinarizer

from sktext import TorchClassifier

CANDIDATES = [
    {"optimizer": "lbfgs", "weight_decay": 1e-6},
    {"optimizer": "lbfgs", "weight_decay": 5e-6},
    {"optimizer": "lbfgs", "weight_decay": 2e-5},
    {"optimizer": "adagrad", "lr": 0.1},
    {"optimizer": "adagrad", "lr": 0.5},
    {"optimizer": "adagrad", "lr": 1.0},
    {"optimizer": "adagrad", "lr": 2.0},
    {"optimizer": "adagrad", "lr": 4.0},
    {"optimizer": "adamw", "lr": 0.01},
    {"optimizer": "adamw", "lr": 0.03},
    {"optimizer": "adagrad", "loss": "margin_ce"},
    {"optimizer": "adamw", "loss": "margin_ce"},
    {"optimizer": "adagrad", "hidden_layer_sizes": (64,), "lr": 0.02},
    {"optimizer": "adagrad", "hidden_layer_sizes": (64,), "lr": 0.05},
    {"optimizer": "adamw", "hidden_layer_sizes": (64,), "lr": 0.003},
]


def load(name):
    """Read the training rows of a set and split them; its test rows are left for other figures."""
    frame = read_data(name)
    if "split" in frame:
        frame = frame[frame["split"] == "train"]
    frame = frame.drop_duplicates("text")
    column = {"trec": "fine_label", "reuters_r90": "labels"}.get(name, "label")
    labels = frame[column].to_numpy()
    if column == "labels":
        labels = MultiLabelBinarizer().fit_transform([row.split(",") for row in labels])
    return train_test_split(frame["text"].tolist(), labels, random_state=0)


def main():
    """Print a table per data set."""
    print_machine()
    TorchClassifier().fit(np.eye(4), [0, 1, 0, 1])  # torch loads its optimizers once
    for name in ("sms_spam", "financial_phrasebank", "trec", "imdb_10k", "reuters_r90"):
        train, test, y_train, y_test = load(name)
        vectorizer = TfidfVectorizer(sublinear_tf=True, dtype=np.float32)
        X, X_test = vectorizer.fit_transform(train), vectorizer.transform(test)
        print(f"{name}: {X.shape[0]} x {X.shape[1]}")
        for params in CANDIDATES:
            model = TorchClassifier(random_state=0, **params)
            elapsed = seconds(partial(model.fit, X, y_train))
            f1 = f1_score(y_test, model.predict(X_test), average="macro", zero_division=0)
            words = ", ".join(f"{key} {value}" for key, value in params.items())
            print(f"  {words:<60} macro F1 {f1:.4f}   {elapsed:6.2f} s", flush=True)


if __name__ == "__main__":
    main()
