"""Texts to word ids on IMDB's 25,000 training reviews, against scikit-learn.

The other side is CountVectorizer, which counts words of two characters and more and forgets
their order. Ours keeps every word and its place.
"""

from _report import compare, print_machine, read_data
from sklearn.feature_extraction.text import CountVectorizer

from sktext.features import WordTokenizer

N_SHORT = 1000


def main():
    """Print the comparison."""
    print_machine()
    reviews = read_data("imdb")
    texts = reviews.loc[reviews["split"] == "train", "text"].tolist()
    ours, theirs = WordTokenizer(), CountVectorizer()
    for name in ("fit_transform", "transform"):
        own, other = getattr(ours, name), getattr(theirs, name)
        compare(name, lambda own=own: own(texts), lambda other=other: other(texts), repeat=9)
    short = ["Not a good film, but not a bad one!"]
    compare(
        f"transform of one short text, {N_SHORT} times",
        lambda: [ours.transform(short) for _ in range(N_SHORT)],
        lambda: [theirs.transform(short) for _ in range(N_SHORT)],
    )
    rows = ours.transform(texts)
    print(f"{len(rows)} texts, {len(rows.ids)} tokens, {ours.n_tokens_} ids")


if __name__ == "__main__":
    main()
