"""
Word vectors for few texts
==========================

With few labelled texts a network knows most words from one or two examples. Vectors that were
learned elsewhere tell it which words are alike. Here they come from a file of the most frequent
English words, from the labelled texts themselves, and from texts without labels; they are left
as they are, trained further, or trained further after some epochs.

It needs the questions and the file of vectors (any of word2vec, GloVe or fastText will do) in
the folder that ``SKTEXT_DATA`` names, and ``pip install gensim``.
"""

# %%
# A third of the questions is the test set. Of the others a few count as labelled, and all serve
# as texts without labels.
from sklearn.model_selection import train_test_split

from sktext.datasets import fetch_trec

texts, labels = fetch_trec(subset="all", return_X_y=True)
pool, test, y_pool, y_test = train_test_split(
    texts, labels, test_size=2000, stratify=labels, random_state=0
)

# %%
# Vectors of the texts without labels are gensim's, which takes lists of words. They are split
# as the classifier splits them, or its words would not be found.
import os
from pathlib import Path

from gensim.models import Word2Vec

from sktext.features import WordTokenizer

file = Path(os.environ["SKTEXT_DATA"]) / "fasttext_wiki_news_999x300.vec.gz"
tokenizer = WordTokenizer().fit(pool)
sentences = [tokenizer.tokenize(text) for text in pool]
unlabelled = Word2Vec(sentences, vector_size=100, min_count=2, sg=1, epochs=10, seed=0, workers=1)
print("like 'city':", ", ".join(word for word, _ in unlabelled.wv.most_similar("city", topn=6)))

# %%
# ``trainable`` is True, False, or the number of epochs before it is True.
from sktext.modules import EmbeddingInit, TrainedVectors

starts = {
    "random": None,
    "file, frozen": EmbeddingInit(file, trainable=False),
    "file, trained on": EmbeddingInit(file, trainable=True),
    "file, frozen for 10 epochs": EmbeddingInit(file, trainable=10),
    "labelled texts, trained on": EmbeddingInit(TrainedVectors(dim=100, epochs=10)),
    "unlabelled, frozen for 10": EmbeddingInit(unlabelled, trainable=10),
}

# %%
# The same network from each start, on 100 to 400 labelled questions drawn three times.
import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from sktext import CNNClassifier

SIZES = (100, 200, 400)
N_DRAWS = 3
# The same few epochs for all starts; not all have converged by then.
warnings.filterwarnings("ignore", category=ConvergenceWarning)
clf = CNNClassifier((1, 2, 3), n_filters=50, pooling="max", n_buckets=0, lr=0.003, max_epochs=15)
accuracy = {name: np.zeros((len(SIZES), N_DRAWS)) for name in starts}
coverage, missing = {}, {}
for i, size in enumerate(SIZES):
    for seed in range(N_DRAWS):
        few, _, y_few, _ = train_test_split(
            pool, y_pool, train_size=size, stratify=y_pool, random_state=seed
        )
        for name, start in starts.items():
            clf.set_params(embedding_init=start, random_state=seed).fit(few, y_few)
            accuracy[name][i, seed] = clf.score(test, y_test)
            if start is not None:
                coverage[name] = clf.embedding_init_.coverage_
                missing[name] = clf.embedding_init_.missing_

# %%
# ``coverage_`` is the fraction of the vocabulary with a vector, ``missing_`` are words without.
print("without a vector in the file:", ", ".join(missing["file, frozen"][:12]))
print(f"\n{'start':<28}{'coverage':>10}" + "".join(f"{size:>8}" for size in SIZES))
for name, table in accuracy.items():
    fraction = f"{coverage[name]:.2f}" if name in coverage else ""
    print(f"{name:<28}{fraction:>10}" + "".join(f"{mean:>8.3f}" for mean in table.mean(axis=1)))

# %%
import matplotlib.pyplot as plt
from pictures import show

fig, ax = plt.subplots(figsize=(8, 4.5), layout="constrained")
for name, table in accuracy.items():
    style = "--" if name == "random" else "-"
    ax.errorbar(SIZES, table.mean(axis=1), table.std(axis=1), marker="o", ls=style, label=name)
ax.set_xscale("log")
ax.set_xticks(SIZES, SIZES)
ax.minorticks_off()
ax.set_xlabel("labelled questions")
ax.set_ylabel("accuracy on 2,000 others")
ax.legend(fontsize=8)
show()

# %%
# What was learned
# ----------------
#
# The file has only the thousand most frequent words, a quarter of the vocabulary, and still helps.
# It helps most when the rest of the network is trained first and the vectors later; frozen for all
# epochs or trained from the first, they gain less. The more labels, the smaller the gain.
# ``coverage_`` is no measure of quality: vectors learned from the labelled texts alone cover every
# word and do harm, as a hundred questions do not show which words are alike, and four thousand
# questions of ten words are too few as well. Such vectors need millions of words.
