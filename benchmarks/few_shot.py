"""Accuracy from a few texts of each class: tuning by contrast beside what else there is.

Of TREC's six classes and of the three of financial_phrasebank, some texts of each are drawn with
several seeds, and the classifiers are scored on 500 test rows. All encoders are all-MiniLM-L6-v2.
SetFit takes part where it is installed.

Options: texts of each class (8), number of seeds (10), names of methods (all).
"""

import contextlib
import importlib.util
import io
import logging
import sys
import tempfile
import warnings

import numpy as np
from _minilm import minilm
from _report import cpu_seconds, print_machine, read_data
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from sktext import FewShotClassifier, TfidfTorchClassifier, TransformerClassifier
from sktext.features import SentenceEncoder

N_TEST = 500
MODEL = minilm()


def trec():
    """Return the training and the test rows of TREC's coarse labels."""
    frame = read_data("trec")
    return frame[frame["split"] == "train"], frame[frame["split"] == "test"]


def phrasebank():
    """Return the rows of financial_phrasebank, of which 500 are for the test."""
    frame = read_data("financial_phrasebank").drop_duplicates("text").sample(frac=1, random_state=0)
    return frame[N_TEST:], frame[:N_TEST]


def draw(frame, n_texts, seed):
    """Draw as many texts of each class."""
    rng = np.random.RandomState(seed)
    rows = [
        rng.choice(np.flatnonzero(frame["label"] == label), n_texts, replace=False)
        for label in sorted(frame["label"].unique())
    ]
    return frame.iloc[np.concatenate(rows)]


class SetFit:
    """SetFit with its own defaults: pairs for one epoch, and a logistic regression."""

    def __init__(self, seed):
        self.seed = seed

    def fit(self, texts, labels):
        from datasets import Dataset
        from setfit import SetFitModel, Trainer, TrainingArguments

        logging.disable(logging.WARNING)
        with tempfile.TemporaryDirectory() as folder:
            self.model = SetFitModel.from_pretrained(
                MODEL, labels=sorted(set(labels)), local_files_only=True
            )
            arguments = TrainingArguments(
                output_dir=folder, seed=self.seed, report_to="none", save_strategy="no"
            )
            rows = Dataset.from_dict({"text": list(texts), "label": list(labels)})
            trainer = Trainer(model=self.model, args=arguments, train_dataset=rows)
            quiet = io.StringIO()
            with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
                trainer.train()
            self.n_steps = trainer.st_trainer.state.global_step
        return self

    def predict(self, texts):
        return np.array(self.model.predict(list(texts), show_progress_bar=False))


def words(seed):
    """Make a linear model on TF-IDF."""
    return TfidfTorchClassifier(random_state=seed)


def frozen(seed):
    """Make a linear model on the vectors of the encoder as it is."""
    encoder = SentenceEncoder(MODEL)
    return make_pipeline(encoder, LogisticRegression(C=10, max_iter=1000))


def fine_tuned(seed):
    """Make a plain fine-tuning of the encoder."""
    return TransformerClassifier(MODEL, max_epochs=15, batch_size=16, random_state=seed)


def contrast(seed):
    """Make a tuning by contrast with the defaults."""
    return FewShotClassifier(MODEL, random_state=seed)


METHODS = {
    "tfidf": words,
    "frozen": frozen,
    "fine_tuned": fine_tuned,
    "contrast": contrast,
    "setfit": SetFit,
}


def steps_of(model):
    """Return how many steps of the encoder were made."""
    if isinstance(model, FewShotClassifier):
        return model.n_steps
    if isinstance(model, TransformerClassifier):
        return sum(len(epoch["batches"]) for epoch in model.history_)
    return getattr(model, "n_steps", 0)


def score(make, train, test, seed):
    """Fit a method on one draw; return accuracy, steps, and CPU seconds of fit and predict."""

    def run():
        model = make(seed).fit(train["text"].tolist(), train["label"].to_numpy())
        return model, model.predict(test["text"].tolist())

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (model, found), seconds = cpu_seconds(run)
    return (found == test["label"].to_numpy()).mean(), steps_of(model), seconds


def main(n_texts=8, n_seeds=10, *names):
    """Print the scores of every method."""
    print_machine()
    names = names or [
        name for name in METHODS if name != "setfit" or importlib.util.find_spec("setfit")
    ]
    for data in (trec, phrasebank):
        rows, test = data()
        print(f"\n{data.__name__}, {n_texts} texts of each class, {n_seeds} draws")
        print(f"{'':12} {'mean':>6} {'least':>6} {'most':>6} {'steps':>6} {'CPU s':>6}")
        for name in names:
            found = [
                score(METHODS[name], draw(rows, n_texts, seed), test, seed)
                for seed in range(n_seeds)
            ]
            accuracy, steps, seconds = np.transpose(found)
            print(
                f"{name:12} {accuracy.mean():6.3f} {accuracy.min():6.3f} {accuracy.max():6.3f} "
                f"{steps.mean():6.0f} {seconds.mean():6.1f}",
                flush=True,
            )


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:3]]
    main(*numbers, *sys.argv[3:])
