"""Encoders without dropout, whose fits can be compared whatever the order of the rows."""

import pytest
from transformers import AutoModel, AutoTokenizer

NO_DROPOUT = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}


@pytest.fixture(scope="session")
def plain_encoder(tiny_encoder, tmp_path_factory):
    """Folder of a small BERT without dropout."""
    folder = str(tmp_path_factory.mktemp("plain"))
    given = tiny_encoder("bert", n_positions=512)
    AutoModel.from_pretrained(given, **NO_DROPOUT).save_pretrained(folder)
    AutoTokenizer.from_pretrained(given).save_pretrained(folder)
    return folder
