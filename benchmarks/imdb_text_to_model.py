"""Texts to a fitted model on IMDB's 25,000 training reviews, against scikit-learn.

Both sides count unigrams that occur in two reviews at least, with logarithmic counts. The
other side is the pipeline people use: TfidfVectorizer and LogisticRegression(C=10).
"""

from _report import compare, print_machine, read_data
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from sktext import TfidfTorchClassifier


def main():
    """Print the comparison."""
    print_machine()
    reviews = read_data("imdb")
    train, test = (reviews[reviews["split"] == split] for split in ("train", "test"))
    texts, labels = train["text"].tolist(), train["label"].to_numpy()
    theirs = make_pipeline(TfidfVectorizer(sublinear_tf=True, min_df=2), LogisticRegression(C=10))
    ours = TfidfTorchClassifier(random_state=0).set_params(vectorizer__min_df=2)
    compare(
        "texts to model",
        lambda: ours.fit(texts, labels),
        lambda: theirs.fit(texts, labels),
        repeat=7,
    )
    for name, model in (("ours", ours), ("theirs", theirs)):
        print(f"test accuracy, {name}: {model.score(test['text'].tolist(), test['label']):.4f}")


if __name__ == "__main__":
    main()
