"""From raw texts to cleaner texts and what spaCy sees in them; labels of a hierarchy to columns."""

from sktext._labels._hierarchy import Hierarchy
from sktext.preprocessing._hierarchy_encoder import HierarchyEncoder
from sktext.preprocessing._spacy_features import SpacyFeatures
from sktext.preprocessing._spacy_word_tags import SpacyWordTags
from sktext.preprocessing._text_cleaner import TextCleaner

__all__ = ["Hierarchy", "HierarchyEncoder", "SpacyFeatures", "SpacyWordTags", "TextCleaner"]
