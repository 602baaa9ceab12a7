"""SMS spam with a pretrained model: frozen beside words, fine-tuned, and what helps imbalance.

Repeated messages are dropped, or copies would be on both sides of a split. First five stratified
folds: a vote is the mean of the probabilities of models that were fitted once. Then, on the first
fold, the techniques of an article of 2023 on a fine-tuned RoBERTa, beside what it says of each:
`P(prize)` is the probability of spam that a model gives "Call to claim your prize!". SMOTE makes
vectors and not texts, so that it works on those of the frozen encoder. Seconds are of the
processor, on one thread; texts are encoded once, before the folds.

    python benchmarks/sms_transformer.py --folds 1 --models words hybrid --techniques
"""

import argparse
import tempfile

import numpy as np
import torch
from _minilm import minilm
from _report import cpu_seconds, print_machine, read_data
from _techniques import ARTICLE, TECHNIQUES
from imblearn.over_sampling import SMOTE
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support
from sklearn.model_selection import StratifiedKFold, StratifiedShuffleSplit
from sklearn.pipeline import make_pipeline, make_union

from sktext import TfidfTorchClassifier, TorchClassifier, TransformerClassifier
from sktext.features import FastTfidfVectorizer, HybridVectorizer, SentenceEncoder
from sktext.meta import TunedThresholdsClassifier

MESSAGE = "Call to claim your prize!"
CLAIMS = {
    "bias at the class proportions": "all metrics improve; P(prize) rises",
    "down-sample, up-weight": "spam recall falls; P(prize) falls",
    "up-sample, down-weight": "spam recall falls",
    "focal loss, gamma 2, alpha 0.25": "all metrics improve; P(prize) falls",
    "inverse-frequency weights": "all metrics improve; P(prize) too high",
    "weights ham 0.576, spam 10": "spam recall rises, precision falls, F1 below the line above",
    "up-sample": "may over-fit",
    "down-sample": "loses data",
}


def tfidf(**params):
    """Weigh words or characters."""
    return FastTfidfVectorizer(sublinear_tf=True, dtype=np.float32, **params)


def characters(shortest):
    """Runs of up to five characters within words."""
    return tfidf(analyzer="char_wb", ngram_range=(shortest, 5))


def linear(vectorizer, seed):
    """A linear model with balanced weights."""
    return TfidfTorchClassifier(vectorizer, class_weight="balanced", random_state=seed)


def fine_tuned(seed, epochs, **params):
    """Train the encoder as well, with the defaults but for the half precision."""
    return TransformerClassifier(
        minilm(), dtype="bfloat16", max_epochs=epochs, random_state=seed, **params
    )


MODELS = {
    "words": lambda encoder, seed, epochs: linear(tfidf(), seed),
    "characters": lambda encoder, seed, epochs: linear(characters(2), seed),
    "hybrid": lambda encoder, seed, epochs: linear(HybridVectorizer(encoder=encoder), seed),
    "hybrid, characters": lambda encoder, seed, epochs: linear(
        HybridVectorizer(make_union(tfidf(), characters(3)), encoder), seed
    ),
    "fine-tuned": lambda encoder, seed, epochs: fine_tuned(seed, epochs),
    "lora": lambda encoder, seed, epochs: fine_tuned(seed, epochs, lora=True),
}
VOTES = (
    ("hybrid", "fine-tuned"),
    ("hybrid, characters", "fine-tuned"),
    ("hybrid, characters", "lora"),
    ("hybrid, characters", "fine-tuned", "lora"),
)


def compare_models(names, encoder, data, options):
    """Print a line for each fold and model, and the means."""
    texts, y = data
    rows = {}
    for seed in range(options.seeds):
        folds = StratifiedKFold(5, shuffle=True, random_state=seed).split(texts, y)
        for fold, (train, test) in list(enumerate(folds))[: options.folds]:
            spam, taken = {}, {}
            for name in names:
                model = MODELS[name](encoder, seed, options.epochs)

                def probability(model=model, train=train, test=test):
                    return model.fit(texts[train], y[train]).predict_proba(texts[test])[:, 1]

                spam[name], taken[name] = cpu_seconds(probability)
            for vote in VOTES:
                if set(vote) <= set(names):
                    name = "vote: " + " + ".join(vote)
                    spam[name] = np.mean([spam[member] for member in vote], axis=0)
                    taken[name] = sum(taken[member] for member in vote)
            for name in spam:
                answers = np.where(spam[name] > 0.5, "spam", "ham")
                macro = f1_score(y[test], answers, average="macro")
                rows.setdefault(name, []).append(
                    (macro, accuracy_score(y[test], answers), taken[name])
                )
                print(f"  seed {seed}, fold {fold}: {scores(name, rows[name][-1])}", flush=True)
    print(f"means of {len(next(iter(rows.values())))} folds, and the spread of macro F1")
    for name, of_folds in rows.items():
        print(f"{scores(name, np.mean(of_folds, axis=0))}   ± {np.std(of_folds, axis=0)[0]:.4f}")


def scores(name, row):
    """Write what is known of a model."""
    macro, accuracy, taken = row
    return f"{name:<44} macro F1 {macro:.4f}   accuracy {accuracy:.4f}   {taken:6.1f} CPU s"


def techniques(encoder, epochs):
    """Name the models of the second table."""

    def vectors(**params):
        return make_pipeline(encoder, TorchClassifier(**params, random_state=0))

    one_split = StratifiedShuffleSplit(1, test_size=0.2, random_state=0)
    return {
        **{name: fine_tuned(0, epochs, **params) for name, params in TECHNIQUES.items()},
        "tuned threshold": TunedThresholdsClassifier(fine_tuned(0, epochs), cv=one_split),
        "frozen vectors": vectors(),
        "frozen vectors, SMOTE": vectors(sampler=SMOTE(random_state=0)),
        "frozen vectors, SMOTE, down-weight": vectors(sampler=SMOTE(random_state=0), reweight=True),
    }


def compare_techniques(models, data):
    """Print precision, recall and F1 of each class, the message's probability, and the claim."""
    texts, y = data
    train, test = next(StratifiedKFold(5, shuffle=True, random_state=0).split(texts, y))
    print(f"\n{'':<35}  ham: P      R     F1   spam: P      R     F1  macro F1  P(prize)  CPU s")
    for name, model in models.items():
        _, taken = cpu_seconds(lambda model=model: model.fit(texts[train], y[train]))
        answers = model.predict(texts[test])
        by_class = precision_recall_fscore_support(y[test], answers, zero_division=0.0)
        ham, spam = np.transpose(by_class[:3])
        cells = ["  ".join(f"{x:.3f}" for x in of_class) for of_class in (ham, spam)]
        prize = np.nan  # a hinge loss has no probabilities
        if hasattr(model, "predict_proba"):
            prize = model.predict_proba([MESSAGE])[0, 1]
        print(
            f"{name:<35}  {cells[0]}    {cells[1]}    {(ham[2] + spam[2]) / 2:.4f}    {prize:.4f}"
            f"  {taken:5.0f}   {CLAIMS.get(name, '')}",
            flush=True,
        )


def main(folder):
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--folds", type=int, default=5, help="how many of the five")
    parser.add_argument("--models", nargs="*", choices=MODELS, default=list(MODELS))
    parser.add_argument("--techniques", nargs="*", metavar="NAME", help="default: the article's")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rows", type=int, help="a sample, to try the code")
    options = parser.parse_args()
    torch.set_num_threads(1)
    encoder = SentenceEncoder(minilm(), dtype="bfloat16", cache=folder)
    known = techniques(encoder, options.epochs)
    of_article = [name for name in known if name in ARTICLE or name not in TECHNIQUES]
    names = of_article if options.techniques is None else options.techniques
    chosen = {name: known[name] for name in names}
    print_machine()
    messages = read_data("sms_spam").drop_duplicates("text")
    if options.rows:
        messages = messages.sample(options.rows, random_state=0)
    data = messages["text"].to_numpy(dtype=object), messages["label"].to_numpy()
    _, taken = cpu_seconds(lambda: encoder.fit_transform(data[0]))
    spam = np.mean(data[1] == "spam")
    print(f"{len(data[0])} messages, {spam:.1%} spam, encoded in {taken:.0f} CPU s")
    if options.models:
        compare_models(options.models, encoder, data, options)
    if chosen:
        compare_techniques(chosen, data)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as cache:
        main(cache)
