"""Predictions of fitted models, against scikit-learn's pipeline, and what compression costs.

Both sides read the same words with logarithmic counts and are fitted to IMDB's training
reviews; they predict 100,000 openings of reviews, and then one text at a time.
"""

import pickle

from _report import compare, print_machine, read_halves
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from sktext import TfidfTorchClassifier, compress

N_TEXTS, N_CHARACTERS, N_SINGLE = 100_000, 80, 1000
SIZES = (1_000_000, 300_000, 100_000)


def main():
    """Print the comparisons."""
    print_machine()
    train, test = read_halves("imdb")
    reviews = train[0] + test[0]
    starts = range(0, N_CHARACTERS * 2, N_CHARACTERS)
    short = [text[start : start + N_CHARACTERS] for start in starts for text in reviews]
    short = short[:N_TEXTS]
    ours = TfidfTorchClassifier(random_state=0).fit(*train)
    theirs = make_pipeline(TfidfVectorizer(sublinear_tf=True), LogisticRegression(C=10))
    theirs.fit(*train)
    compare(
        f"predict_proba, {len(short)} texts of {N_CHARACTERS} letters",
        lambda: ours.predict_proba(short),
        lambda: theirs.predict_proba(short),
    )
    compare(
        f"predict_proba, one text, {N_SINGLE} times",
        lambda: [ours.predict_proba([text]) for text in short[:N_SINGLE]],
        lambda: [theirs.predict_proba([text]) for text in short[:N_SINGLE]],
    )
    print_sizes(train, test)


def print_sizes(train, test):
    """Print bytes and test accuracy before and after compression, of words and pairs."""
    model = TfidfTorchClassifier(random_state=0)
    model.set_params(vectorizer__min_df=2, vectorizer__ngram_range=(1, 2)).fit(*train)
    for name, smaller in [("as fitted", model)] + [
        (f"compress(max_bytes={size})", compress(model, max_bytes=size)) for size in SIZES
    ]:
        n_bytes, accuracy = len(pickle.dumps(smaller)), smaller.score(*test)
        print(f"{name:<44} {n_bytes:>12,} bytes   test accuracy {accuracy:.4f}", flush=True)


if __name__ == "__main__":
    main()
