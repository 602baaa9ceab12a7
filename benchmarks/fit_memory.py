"""Memory over the fits of a search with a fine-tuned encoder, which should not grow.

``GridSearchCV`` and ``LossSearchCV`` over all-MiniLM-L6-v2: ten candidates, two folds, one epoch
of some hundred SMS messages. The memory is what the process has in RAM when a fitted candidate has
been scored, as the system tells; nothing is given back to it for the report (``malloc_trim``).
Memory of a CUDA device is that of tensors.
"""

import psutil
import torch
from _minilm import minilm
from _report import print_machine, read_data
from sklearn.metrics import f1_score
from sklearn.model_selection import GridSearchCV

from sktext import TransformerClassifier
from sktext.model_selection import LossSearchCV

N_TEXTS = 400
GRID = {"loss": ["cross_entropy", "focal", "poly1", "dice", "bce"], "lr": [1e-4, 2e-4]}
SHOWN = (2, 5, 10, 20)
MIB = 2**20


class MemoryAfterFits:
    """Scorer that takes down the memory of the process and of the device."""

    def __init__(self):
        self.of_process = []
        self.of_device = []

    def __call__(self, classifier, X, y):
        predicted = classifier.predict(X)
        self.of_process.append(psutil.Process().memory_info().rss / MIB)
        if torch.cuda.is_available():
            self.of_device.append(torch.cuda.memory_allocated() / MIB)
        return f1_score(y, predicted, average="macro")


def print_growth(what, values):
    """Print some of the values, and what a fit adds after the second one."""
    shown = ", ".join(f"{values[i - 1]:.1f}" for i in SHOWN)
    growth = (values[-1] - values[SHOWN[0] - 1]) / (len(values) - SHOWN[0])
    print(
        f"{what:<24} after fits {', '.join(map(str, SHOWN))}: {shown} MiB; {growth:+.2f} MiB a fit",
        flush=True,
    )


def main():
    """Print the memory of both searches."""
    print_machine()
    frame = read_data("sms_spam").drop_duplicates("text").head(N_TEXTS)
    texts, labels = frame["text"].tolist(), frame["label"].to_numpy()
    clf = TransformerClassifier(minilm(), max_epochs=1, random_state=0)
    weights = sum(x.nbytes for x in clf.fit(texts[:32], labels[:32]).net_.module_.parameters())
    print(f"weights of the network: {weights / MIB:.1f} MiB")
    for kind in (GridSearchCV, LossSearchCV):
        memory = MemoryAfterFits()
        kind(clf, GRID, cv=2, scoring=memory, refit=False).fit(texts, labels)
        print_growth(kind.__name__, memory.of_process)
        if memory.of_device:
            print_growth(f"{kind.__name__}, device", memory.of_device)


if __name__ == "__main__":
    main()
