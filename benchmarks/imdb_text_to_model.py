"""Texts to a fitted model on IMDB's 25,000 training reviews, against scikit-learn.

Both sides count words, and then words and pairs of words, that occur in two reviews at least,
with logarithmic counts. The other side is the pipeline people use: TfidfVectorizer and
LogisticRegression(C=10).
"""

from _report import compare, print_machine, read_halves
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from sktext import TfidfTorchClassifier


def main():
    """Print the comparison."""
    print_machine()
    (texts, labels), test = read_halves("imdb")
    for ngram_range in ((1, 1), (1, 2)):
        params = {"min_df": 2, "ngram_range": ngram_range, "token_pattern": r"(?u)\b\w\w+\b"}
        theirs = make_pipeline(
            TfidfVectorizer(sublinear_tf=True, **params), LogisticRegression(C=10)
        )
        ours = TfidfTorchClassifier(random_state=0)
        ours.set_params(**{f"vectorizer__{name}": value for name, value in params.items()})
        compare(
            f"texts to model, n-grams {ngram_range}",
            lambda ours=ours: ours.fit(texts, labels),
            lambda theirs=theirs: theirs.fit(texts, labels),
            repeat=5,
        )
        for name, model in (("ours", ours), ("theirs", theirs)):
            print(f"test accuracy, {name}: {model.score(*test):.4f}")


if __name__ == "__main__":
    main()
