"""From texts to numbers."""

from sktext._token_rows import TokenRows
from sktext.features._character_tokenizer import CharacterTokenizer
from sktext.features._contrastive_encoder import ContrastiveEncoder
from sktext.features._fast_count_vectorizer import FastCountVectorizer
from sktext.features._fast_hashing_vectorizer import FastHashingVectorizer
from sktext.features._fast_tfidf_vectorizer import FastTfidfVectorizer
from sktext.features._hybrid_vectorizer import HybridVectorizer
from sktext.features._pretokenized import pretokenized
from sktext.features._pretrained_tokenizer import PretrainedTokenizer
from sktext.features._sentence_encoder import SentenceEncoder
from sktext.features._static_encoder import StaticEncoder
from sktext.features._subword_tokenizer import SubwordTokenizer, bpe, wordpiece
from sktext.features._vectorizers import VECTORIZERS, fit_transform
from sktext.features._word_tokenizer import WordTokenizer, recurring_words

TOKENIZERS = {
    "auto": recurring_words,
    "words": WordTokenizer,
    "characters": CharacterTokenizer,
    "bpe": bpe,
    "wordpiece": wordpiece,
}

__all__ = [
    "TOKENIZERS",
    "VECTORIZERS",
    "CharacterTokenizer",
    "ContrastiveEncoder",
    "FastCountVectorizer",
    "FastHashingVectorizer",
    "FastTfidfVectorizer",
    "HybridVectorizer",
    "PretrainedTokenizer",
    "SentenceEncoder",
    "StaticEncoder",
    "SubwordTokenizer",
    "TokenRows",
    "WordTokenizer",
    "fit_transform",
    "pretokenized",
]
