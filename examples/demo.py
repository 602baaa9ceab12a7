"""Search over losses on imbalanced messages, compare and plot them, and save the best.

Run it with ``make demo``. It needs no data and no network, and uses a GPU if torch sees
one. Everything it writes goes to ``demo_output/``.
"""

from pathlib import Path

import joblib
import matplotlib
import numpy as np
from sklearn.metrics import precision_recall_fscore_support
from sklearn.model_selection import GridSearchCV, train_test_split
from tqdm import tqdm

from sktext import TfidfTorchClassifier
from sktext.datasets import make_imbalanced_texts

matplotlib.use("Agg")
import matplotlib.pyplot as plt

OUTPUT = Path("demo_output")
# A message of a rare class in the words of the frequent ones.
HARD_MESSAGE = "They said they have my parcel and asked for my card."
HARD_CLASS = "fraud"

# The candidates: each loss with a few values of its own parameters.
SEARCHES = {
    "cross_entropy": {"class_weight": [None, "balanced"]},
    "focal": {"loss__gamma": [1.0, 2.0, 5.0], "class_weight": [None, "balanced"]},
    "margin_ce": {"loss__margin": [0.6, 0.8]},
    "logit_adjustment": {"loss__tau": [0.5, 1.0]},
    "ldam": {"loss__max_m": [0.5, 2.0]},
    "poly1": {"loss__epsilon": [1.0, 3.0]},
    "generalized_ce": {"loss__q": [0.3, 0.7]},
    "dice": {"loss__smooth": [1.0]},
    "focal_tversky": {"loss__beta": [0.5, 0.7]},
    "crammer_singer": {"loss__margin": [0.5, 1.0]},
}


def search(loss, grid, texts, labels):
    """Find the best parameters of one loss by cross-validated macro F1."""
    classifier = TfidfTorchClassifier(loss=loss, random_state=0)
    return GridSearchCV(classifier, grid, scoring="f1_macro", cv=3).fit(texts, labels)


def table_row(model, texts, labels):
    """Precision, recall and F1 of each class, and the probability of the hard message."""
    scores = precision_recall_fscore_support(
        labels, model.predict(texts), labels=model.classes_, zero_division=0
    )
    if not hasattr(model, "predict_proba"):
        return np.array(scores[:3]), None
    proba = model.predict_proba([HARD_MESSAGE])[0]
    return np.array(scores[:3]), proba[list(model.classes_).index(HARD_CLASS)]


def print_table(results, classes):
    """Print a line per loss: precision / recall / F1 of each class in percent."""
    width = max(len(name) for name in results)
    print("\nprecision/recall/F1 of each class on the test messages, in percent")
    header = "".join(f"{name:>12}" for name in classes)
    print(f"{'loss':<{width}}{header}{'macro F1':>10}{'hard message':>14}")
    for name, (scores, hard) in sorted(results.items(), key=lambda item: -item[1][0][2].mean()):
        cells = "".join(f"{'/'.join(f'{100 * v:.0f}' for v in column):>12}" for column in scores.T)
        confidence = "none" if hard is None else f"{hard:.2f}"
        print(f"{name:<{width}}{cells}{100 * scores[2].mean():>10.1f}{confidence:>14}")


def draw(results, classes, path):
    """Draw the table: precision, recall and F1 of each class, confidence in the message."""
    names = sorted(results, key=lambda name: -results[name][0][2].mean())
    figure, axes = plt.subplots(1, 4, figsize=(17, 5), width_ratios=(3, 3, 3, 1.5), sharey=True)
    for i, score in enumerate(("precision", "recall", "F1")):
        values = np.array([results[name][0][i] for name in names])
        axes[i].imshow(values, vmin=0, vmax=1, aspect="auto", cmap="viridis")
        axes[i].set_xticks(range(len(classes)), classes)
        axes[i].set_title(f"{score} of each class")
        for (row, column), value in np.ndenumerate(values):
            color = "white" if value < 0.6 else "black"
            axes[i].text(column, row, f"{value:.2f}", ha="center", va="center", color=color)
    axes[0].set_yticks(range(len(names)), names)
    for row, name in enumerate(names):
        hard = results[name][1]
        axes[3].barh(row, hard or 0, color="tab:blue")
        axes[3].text(
            (hard or 0) + 0.02, row, "none" if hard is None else f"{hard:.2f}", va="center"
        )
    axes[3].set_xlim(0, 1.2)  # room for the numbers
    axes[3].set_title(f"P({HARD_CLASS}), hard message")
    figure.suptitle("Losses on test messages, best macro F1 first, most frequent class left")
    figure.tight_layout()
    figure.savefig(path, dpi=120)


def main():
    """Run the demo."""
    OUTPUT.mkdir(exist_ok=True)
    texts, labels = make_imbalanced_texts(n_samples=4000, n_classes=6, imbalance=40, random_state=0)
    names, counts = np.unique(labels, return_counts=True)
    classes = names[np.argsort(-counts)]
    print(
        f"{len(texts)} messages:", ", ".join(f"{n} {c}" for n, c in zip(names, counts, strict=True))
    )
    print("for example:", texts[0])
    train, test, y_train, y_test = train_test_split(
        texts, labels, test_size=0.5, stratify=labels, random_state=0
    )
    results, models = {}, {}
    for loss, grid in tqdm(SEARCHES.items(), desc="searching over losses", unit="loss"):
        models[loss] = search(loss, grid, train, y_train)
        scores, hard = table_row(models[loss].best_estimator_, test, y_test)
        order = [list(models[loss].classes_).index(name) for name in classes]
        results[loss] = scores[:, order], hard
    print_table(results, classes)
    print(f"\nhard message ({HARD_CLASS}): {HARD_MESSAGE}")

    best = max(models, key=lambda loss: models[loss].best_score_)
    model = models[best].best_estimator_
    print(f"best in cross-validation: {best} {models[best].best_params_}")
    print(f"trained on: {model.net_.device}")
    draw(results, classes, OUTPUT / "losses.png")
    joblib.dump(model, OUTPUT / "model.joblib")
    again = joblib.load(OUTPUT / "model.joblib")
    assert (again.predict(test) == model.predict(test)).all()
    size = (OUTPUT / "model.joblib").stat().st_size / 1024
    print(f"wrote {OUTPUT / 'losses.png'} and {OUTPUT / 'model.joblib'} ({size:.0f} KiB), reloaded")


if __name__ == "__main__":
    main()
