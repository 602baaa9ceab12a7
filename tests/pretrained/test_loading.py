"""Encoders of every family load, copy and predict alike, without a network and without a trace."""

import copy
import pickle
import subprocess
import sys

import pytest
import torch

from sktext._pretrained import load_encoder, load_pieces, load_sentence_settings
from sktext._token_rows import N_RESERVED, UNKNOWN
from sktext.testing import make_tiny_encoder

FAMILIES = ("bert", "roberta", "xlm-roberta", "distilbert", "deberta", "modernbert", "gpt2")
TEXT = "my refund is not late"


def model_ids(pieces, text=TEXT):
    """Ids of the model of a text with its special tokens, and their mask."""
    own = [number - N_RESERVED for number in pieces.encode([text])[0].tolist()]
    ids = torch.tensor([pieces.prefix + own + pieces.suffix])
    return ids, torch.ones_like(ids, dtype=torch.bool)


@pytest.fixture(params=FAMILIES)
def family(request):
    return request.param


@pytest.fixture
def encoder(family, tiny_encoder):
    return load_encoder(tiny_encoder(family))


@pytest.fixture
def pieces(family, tiny_encoder):
    return load_pieces(tiny_encoder(family))


def test_padding_has_no_effect(encoder, pieces):
    ids, mask = model_ids(pieces)
    padding = torch.full((1, 7), encoder.pad_id)
    with torch.no_grad():
        alone = encoder(ids, mask)
        padded = encoder(torch.cat([ids, padding], 1), torch.cat([mask, padding < 0], 1))
    torch.testing.assert_close(padded[:, : ids.shape[1]], alone, atol=1e-5, rtol=0)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copies_compute_the_same(encoder, pieces, copied):
    encoder.requires_grad_(False)
    twin = copied(encoder)
    with torch.no_grad():
        torch.testing.assert_close(twin(*model_ids(pieces)), encoder(*model_ids(pieces)))
    assert not twin.training
    assert not any(weights.requires_grad for weights in twin.parameters())


def test_longest_text_can_be_read(encoder):
    length = encoder.max_positions
    assert length == 64
    ids = torch.full((1, length), 9)
    assert encoder(ids, ids > 0).isfinite().all()


def test_blocks_and_embeddings_are_all_weights_but_norms(encoder):
    names = [name for name, _ in encoder.blocks]
    assert len(names) == 2
    in_blocks = tuple(f"{name}." for name in names)
    left = {name for name, _ in encoder.named_parameters() if not name.startswith(in_blocks)}
    assert encoder.below_blocks
    assert all("norm" in name.lower() or "ln_" in name or "rel_" in name
               for name in left - set(encoder.below_blocks))  # fmt: skip


def test_loading_leaves_the_global_generator(tiny_encoder, family):
    folder = tiny_encoder(family)
    before = torch.get_rng_state()
    pickle.loads(pickle.dumps(load_encoder(folder)))
    load_pieces(folder)
    assert torch.equal(torch.get_rng_state(), before)


def test_ids_leave_room_for_padding_and_unknown_pieces(pieces):
    known, unknown = pieces.encode(["refund", "☃"])
    assert known.tolist() == [pieces.backend.token_to_id("refund") + N_RESERVED]
    assert unknown.tolist() == [UNKNOWN]


@pytest.mark.parametrize("forged", ["[SEP]", "[PAD]", "</s>", "<pad>", "<s>", "[CLS]"])
def test_no_text_forges_a_special_token(pieces, forged):
    special = {*pieces.prefix, *pieces.suffix}
    ids = pieces.encode([f"late {forged} refund"])[0] - N_RESERVED
    assert not special & set(ids.tolist())


def test_odd_texts_have_ids(pieces):
    rows = pieces.encode(["", " ", "\ud800 refund", "\x00", "refund" * 500])
    assert rows.lengths[0] == rows.lengths[1] == 0
    assert rows.lengths[2] >= 1


def test_objects_are_copied(tiny_encoder):
    transformers = pytest.importorskip("transformers")
    folder = tiny_encoder("bert")
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder).half()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    encoder, pieces = load_encoder((model, tokenizer)), load_pieces((model, tokenizer))
    encoder.model.embeddings.word_embeddings.weight.data.zero_()
    assert model.bert.embeddings.word_embeddings.weight.abs().sum() > 0
    assert model.dtype == torch.float16
    assert encoder.model.dtype == torch.float32
    assert pieces.encode([TEXT]).ids.tolist() == load_pieces(folder).encode([TEXT]).ids.tolist()


def test_half_precision_checkpoint_is_read_in_float32(tiny_encoder, tmp_path):
    folder = make_tiny_encoder(tmp_path)
    transformers = pytest.importorskip("transformers")
    transformers.AutoModel.from_pretrained(folder).half().save_pretrained(folder)
    assert {weights.dtype for weights in load_encoder(folder).parameters()} == {torch.float32}


@pytest.mark.parametrize("load", [load_encoder, load_pieces])
@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("./nowhere", "there is no such folder"),
        ("a/b/c", "there is no such folder"),
        ("nobody/nothing", "Download it once with a network, or give a local folder"),
        (5, "must be a folder, a name on the hub, or a pair"),
    ],
)
def test_missing_models_are_named(load, model, message):
    with pytest.raises((OSError, TypeError), match=message):
        load(model, local_files_only=True)


def test_folder_without_tokenizer_is_named(tiny_encoder, tmp_path):
    folder = make_tiny_encoder(tmp_path)
    for path in tmp_path.glob("token*"):
        path.unlink()
    load_encoder(folder)
    with pytest.raises(OSError, match="no tokenizer could be loaded"):
        load_pieces(folder)


@pytest.mark.slow
def test_pickle_loads_in_a_process_without_network_or_folder(tmp_path):
    folder = make_tiny_encoder(tmp_path / "model")
    encoder, pieces = load_encoder(folder), load_pieces(folder)
    ids, mask = model_ids(pieces)
    with torch.no_grad():
        expected = encoder(ids, mask)
    path = tmp_path / "encoder.pickle"
    path.write_bytes(pickle.dumps((encoder, pieces, ids, mask, expected)))
    assert str(tmp_path).encode() not in path.read_bytes()
    for file in (tmp_path / "model").iterdir():
        file.unlink()
    code = f"""
import pickle, socket, torch
def refuse(*args, **kwargs): raise AssertionError("asked the network")
socket.socket.connect = refuse
encoder, pieces, ids, mask, expected = pickle.load(open({str(path)!r}, "rb"))
with torch.no_grad():
    assert torch.equal(encoder(ids, mask), expected)
assert len(pieces.encode(["refund"])) == 1
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)


@pytest.mark.slow
def test_real_encoder_says_how_it_is_used(minilm):
    settings = load_sentence_settings(minilm)
    assert settings.poolings == ("mean",)
    assert settings.normalize
    assert settings.max_length == 256
    assert load_encoder(minilm).max_positions == 512
