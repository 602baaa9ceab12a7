"""Texts to a fitted model on IMDB's 25,000 training reviews, against scikit-learn.

Both sides count unigrams that occur in two reviews at least, with logarithmic counts. The
other side is the pipeline people use: TfidfVectorizer and LogisticRegression(C=10).
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
    theirs = make_pipeline(TfidfVectorizer(sublinear_tf=True, min_df=2), LogisticRegression(C=10))
    ours = TfidfTorchClassifier(random_state=0).set_params(vectorizer__min_df=2)
    compare(
        "texts to model",
        lambda: ours.fit(texts, labels),
        lambda: theirs.fit(texts, labels),
        repeat=7,
    )
    for name, model in (("ours", ours), ("theirs", theirs)):
        print(f"test accuracy, {name}: {model.score(*test):.4f}")


if __name__ == "__main__":
    main()
