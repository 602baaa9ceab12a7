"""How far it is from ``fit`` to the loss of a batch, and what a fit and a prediction call.

    python benchmarks/path_of_a_text.py

Prints the frames of the package on the stack when the loss is computed, file by file, and the
functions of the package that are called during one fit and one prediction.
"""

import sys
import traceback
from pathlib import Path

import sktext
from sktext import TfidfTorchClassifier
from sktext.datasets import make_imbalanced_texts
from sktext.losses import CrossEntropyLoss

PACKAGE = Path(sktext.__file__).parent


class Traced(CrossEntropyLoss):
    """Cross-entropy that remembers the stack it was first called with in training."""

    stacks = []

    def __call__(self, *args, **kwargs):
        Traced.stacks.append(traceback.extract_stack()[:-1])
        return super().__call__(*args, **kwargs)


def own(filename):
    """Return the path of a file inside the package, or None."""
    path = Path(filename)
    return path.relative_to(PACKAGE) if path.is_relative_to(PACKAGE) else None


def stack_at_the_loss(optimizer):
    """Return the frames of the package from ``fit`` to the loss of the last batch.

    Returns
    -------
    frames : list of (str, int, str)
        File, line and function.
    """
    texts, labels = make_imbalanced_texts(n_samples=200, random_state=0)
    Traced.stacks.clear()
    TfidfTorchClassifier(loss=Traced(), optimizer=optimizer, max_epochs=1).fit(texts, labels)
    frames = [frame for frame in Traced.stacks[-1] if own(frame.filename)]
    return [(str(own(frame.filename)), frame.lineno, frame.name) for frame in frames]


def functions_called(run):
    """Return the functions of the package that a call runs, and their files."""
    found = set()

    def note(frame, event, argument):
        path = own(frame.f_code.co_filename)
        if event == "call" and path is not None:
            found.add((str(path), frame.f_code.co_qualname))

    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(None)
    return found


def main():
    for optimizer in ("adagrad", "lbfgs"):
        frames = stack_at_the_loss(optimizer)
        files = list(dict.fromkeys(path for path, _, _ in frames))
        print(f"fit to the loss, optimizer={optimizer!r}: {len(frames)} frames, {len(files)} files")
        for path, line, name in frames:
            print(f"    {path}:{line} {name}")
    texts, labels = make_imbalanced_texts(n_samples=200, random_state=0)
    clf = TfidfTorchClassifier(optimizer="adagrad", max_epochs=1, random_state=0)
    for name, run in (
        ("fit", lambda: clf.fit(texts, labels)),
        ("predict", lambda: clf.predict(texts[:1])),
    ):
        called = functions_called(run)
        print(f"{name}: {len(called)} functions of {len({path for path, _ in called})} files")


if __name__ == "__main__":
    main()
