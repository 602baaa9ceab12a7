"""The candidates of a search that needs no grid, the most promising first."""

from typing import Any, NamedTuple

from sklearn.base import BaseEstimator, clone

from sktext.classifiers import (
    CNNClassifier,
    FastTextClassifier,
    FewShotClassifier,
    TfidfTorchClassifier,
)
from sktext.features import HybridVectorizer, SentenceEncoder

# Losses, class weights and C = 1 / (weight decay * rows) of linear models.
ONE_LABEL = (
    ("cross_entropy", None, 30.0),
    ("hinge", None, 3.0),
    ("hinge", "balanced", 1.0),
    ("cross_entropy", "balanced", 30.0),
    ("cross_entropy", None, 300.0),
    ("hinge", None, 10.0),
    ("cross_entropy", "balanced", 300.0),
    ("hinge", "balanced", 3.0),
    ("logit_adjustment", None, 30.0),
    ("focal", None, 30.0),
    ("cross_entropy", "balanced", 10.0),
    ("hinge", None, 1.0),
    ("cross_entropy", None, 10.0),
    ("hinge", "balanced", 0.3),
)
SEVERAL_LABELS = (
    ("cross_entropy", None, 30.0),
    ("hinge", None, 3.0),
    ("cross_entropy", None, 300.0),
    ("cross_entropy", "balanced", 30.0),
    ("hinge", None, 1.0),
    ("hinge", "balanced", 1.0),
    ("focal", None, 100.0),
    ("hinge", None, 10.0),
)
# Features beside those of the first round, by what they take of its time.
OTHER_FEATURES = {
    "one": {"words+characters": 3.5, "words": 0.8, "characters": 2.5},
    "several": {"words+pairs": 2.0, "words+characters": 5.0, "characters": 4.0},
}
# Texts of each class up to which an encoder is tuned by contrast.
FEW_TEXTS = 32


class Candidate(NamedTuple):
    """A classifier that is tried.

    Parameters
    ----------
    name : str
        As the leaderboard has it.
    family : str
        Its features and its loss; of each family the best goes on to the later rounds.
    base : estimator
        Unfitted, the same object for all that are fitted jointly.
    params : dict
        In which it differs from these.
    C : float or None
        The inverse of weight decay times rows.
    cost : float
        Seconds of a fit, as a multiple of those of the first candidate, before one is timed.
    """

    name: str
    family: str
    base: BaseEstimator
    params: dict[str, Any]
    C: float | None
    cost: float

    def params_for(self, n_rows):
        """Return the parameters for a fit on so many rows."""
        return (
            self.params if self.C is None else self.params | {"weight_decay": 1 / self.C / n_rows}
        )

    def estimator_for(self, n_rows):
        """Return the unfitted classifier for a fit on so many rows, on its own."""
        return clone(self.base).set_params(**self.params_for(n_rows))


class Portfolio:
    """The candidates for a task.

    Parameters
    ----------
    task : {"binary", "multiclass", "multilabel"}
    encoder : str, path, (model, tokenizer) or None
    n_per_class : float
        Mean number of texts of a class or label.
    random_state : int
    """

    def __init__(self, task, encoder, n_per_class, random_state):
        self.several = task == "multilabel"
        self.variants = SEVERAL_LABELS if self.several else ONE_LABEL
        if task == "binary":  # which have no prior to adjust beyond the bias
            self.variants = [one for one in self.variants if one[0] != "logit_adjustment"]
        self.encoder = encoder
        self.n_per_class = n_per_class
        self.random_state = random_state

    def first(self):
        """Return linear models on cheap features, of all losses and weights."""
        features = "words" if self.several else "words+pairs"
        return self.linear(features, features, self.variants, 1.0)

    def others(self, best):
        """Return groups of linear models on other features, of the variants that were best.

        Parameters
        ----------
        best : list of Candidate
            Of the first round.
        """
        variants = [(c.params["loss"], c.params["class_weight"], c.C) for c in best]
        groups = []
        if self.encoder is not None:
            encoder = SentenceEncoder(self.encoder, cache=True)
            hybrid = HybridVectorizer(encoder=encoder)
            groups.append(self.linear("words+encoder", hybrid, variants, 3.0))
            groups.append(self.linear("encoder", encoder, variants[:2], 3.0))
        costs = OTHER_FEATURES["several" if self.several else "one"]
        for features, cost in costs.items():
            groups.append(self.linear(features, features, variants, cost))
        return groups

    def linear(self, name, vectorizer, variants, cost):
        """Return linear models on the same features."""
        base = TfidfTorchClassifier(vectorizer, random_state=self.random_state)
        return [
            Candidate(
                ", ".join([name, loss, *([weight] if weight else []), f"C={C:g}"]),
                f"{name}, {loss}",
                base,
                {"loss": loss, "class_weight": weight},
                C,
                cost,
            )
            for loss, weight, C in variants
        ]

    def networks(self):
        """Return groups of networks."""
        seed = {"random_state": self.random_state}
        bases = {"fastText": (FastTextClassifier(**seed), 8.0), "CNN": (CNNClassifier(**seed), 8.0)}
        if self.encoder is not None and self.n_per_class <= FEW_TEXTS and not self.several:
            bases = {"few-shot": (FewShotClassifier(self.encoder, **seed), 50.0)} | bases
        return [
            [Candidate(name, name, base, {}, None, cost)] for name, (base, cost) in bases.items()
        ]
