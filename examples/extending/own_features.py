"""A feature step of your own: how a text is written, beside what it says."""

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_union

from sktext import TfidfTorchClassifier


class WritingStyle(TransformerMixin, BaseEstimator):
    """Counts that bags of words lose: capitals, digits, exclamation marks, length."""

    def __init__(self, scale=0.1):
        self.scale = scale

    def fit(self, texts, y=None):
        """Learn nothing."""
        return self

    def transform(self, texts):
        """Count."""
        rows = [
            [
                sum(character.isupper() for character in text),
                sum(character.isdigit() for character in text),
                text.count("!"),
                len(text.split()),
            ]
            for text in texts
        ]
        return sparse.csr_array(self.scale * np.log1p(rows))


if __name__ == "__main__":
    from sklearn.model_selection import GridSearchCV

    from sktext.datasets import make_imbalanced_texts

    texts, labels = make_imbalanced_texts(600, random_state=0)
    both = make_union(TfidfVectorizer(sublinear_tf=True), WritingStyle())
    clf = TfidfTorchClassifier(vectorizer=both, random_state=0)
    grid = {"vectorizer__writingstyle__scale": [0.0, 0.1]}
    search = GridSearchCV(clf, grid, scoring="f1_macro").fit(texts, labels)
    print(search.best_params_, round(search.best_score_, 3))
