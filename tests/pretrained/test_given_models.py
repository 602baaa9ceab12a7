"""Models as users have them: damaged folders, foreign weights, wrong objects, adapters."""

import copy
import json
import pickle
import sys

import numpy as np
import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import AutoModel, AutoTokenizer

from sktext import TransformerClassifier
from sktext._pretrained import PretrainedEncoder, load_encoder, load_pieces, load_sentence_settings
from sktext.features import ContrastiveEncoder, PretrainedTokenizer, SentenceEncoder
from sktext.testing import make_tiny_encoder

TEXTS = ["my refund is late", "the parcel", "a payment is not a refund", "invoice late"] * 5
LABELS = ["money", "parcel", "money", "money"] * 5


@pytest.fixture
def folder(tmp_path):
    return make_tiny_encoder(tmp_path / "model", words=["refund", "parcel", "late"])


@pytest.fixture
def pair(folder):
    return AutoModel.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)


# -- folders --------------------------------------------------------------------------


def change_weights(folder, change):
    path = f"{folder}/model.safetensors"
    save_file(change(load_file(path)), path, metadata={"format": "pt"})


def without_a_layer(weights):
    return {name: x for name, x in weights.items() if "layer.1." not in name}


RANDOM = {
    "of another network": (lambda weights: {"x": torch.zeros(3)}, r"37 of the 37 parameters"),
    "without a layer": (without_a_layer, r"16 of the 37 parameters.*encoder\.layer\.1"),
}


@pytest.mark.parametrize("name", RANDOM)
def test_weights_that_are_not_there_are_warned_of(name, folder):
    change, message = RANDOM[name]
    change_weights(folder, change)
    with pytest.warns(UserWarning, match=message):
        load_encoder(folder)


def test_pooler_may_be_missing(folder):
    change_weights(
        folder, lambda weights: {name: x for name, x in weights.items() if "pooler" not in name}
    )
    load_encoder(folder)


def test_encoder_may_be_saved_without_its_decoder(pair, tmp_path):
    sizes = {"d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 2, "num_heads": 2}
    config = transformers.T5Config(vocab_size=len(pair[1]), pad_token_id=0, **sizes)
    model = transformers.T5EncoderModel(config).eval()
    model.save_pretrained(tmp_path / "t5")
    pair[1].save_pretrained(tmp_path / "t5")
    ids = torch.tensor([[2, 9, 7, 3]])
    with torch.no_grad():
        expected = model(input_ids=ids).last_hidden_state
        for given in (str(tmp_path / "t5"), (model, pair[1])):
            encoder = load_encoder(given)
            assert torch.equal(encoder(ids), expected)
            assert torch.equal(pickle.loads(pickle.dumps(encoder))(ids), expected)


def cut(path):
    path.write_bytes(path.read_bytes()[:2000])


def other_size(path):
    path.write_text(json.dumps(json.loads(path.read_text()) | {"hidden_size": 32}))


DAMAGED = {
    "weights": ("model.safetensors", cut, OSError, "no model could be loaded"),
    "sizes": ("config.json", other_size, OSError, r"has the shape \(16,\), not \(32,\)"),
    "modules": ("modules.json", lambda path: path.write_text("{"), ValueError, "remove modules"),
    "no list": ("modules.json", lambda path: path.write_text('{"a": 1}'), ValueError, "remove"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_files_are_named(name, folder, tmp_path):
    file, damage, error, message = DAMAGED[name]
    damage(tmp_path / "model" / file)
    with pytest.raises(error, match=message):
        SentenceEncoder(folder).fit(TEXTS)


def test_a_name_without_letters_is_not_the_folder_one_is_in(folder, monkeypatch):
    monkeypatch.chdir(folder)
    with pytest.raises(OSError, match="model='' was not found"):
        load_encoder("")


# -- objects --------------------------------------------------------------------------


def vision():
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = transformers.ViTConfig(intermediate_size=16, image_size=16, patch_size=8, **sizes)
    return transformers.ViTModel(config)


WRONG = {
    "the other way round": (lambda pair: pair[::-1], TypeError, "in this order"),
    "names": (lambda pair: ("a", "b"), TypeError, "the first of the pair is a str"),
    "a model of images": (lambda pair: (vision(), pair[1]), ValueError, "got a ViTModel"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_objects_are_named(name, pair):
    make, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        TransformerClassifier(make(pair)).fit(TEXTS, LABELS)


def test_tokenizer_with_more_pieces_than_the_model_is_refused(pair):
    model, tokenizer = pair
    model.resize_token_embeddings(len(tokenizer) + 1)
    tokenizer.add_tokens(["one"])
    tokenizer.add_special_tokens({"additional_special_tokens": ["<special>"]})  # in no text
    SentenceEncoder((model, tokenizer)).fit(TEXTS)
    tokenizer.add_tokens(["two"])
    message = r"must be that of the model.*resize_token_embeddings"
    for given in (TransformerClassifier((model, tokenizer)), SentenceEncoder((model, tokenizer))):
        with pytest.raises(ValueError, match=message):
            given.fit(TEXTS, LABELS)


# -- families that are built otherwise ------------------------------------------------

SIZES = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 64,
    "pad_token_id": 0,
}


def of_family(name, tokenizer, **sizes):
    config = getattr(transformers, f"{name}Config")(vocab_size=len(tokenizer), **SIZES | sizes)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return AutoModel.from_config(config), tokenizer


SEE_PADDING = {
    "ConvBert": {"embedding_size": 16, "conv_kernel_size": 3},
    "FNet": {},
    "Nystromformer": {"segment_means_seq_len": 64, "num_landmarks": 64},
    "BigBird": {"block_size": 4, "num_random_blocks": 1},  # turns its attention full at times
}


@pytest.mark.filterwarnings("ignore:.*pad_token_id")
@pytest.mark.parametrize("name", SEE_PADDING)
def test_families_that_see_padding_never_get_any(name, pair):
    given = of_family(name, pair[1], **SEE_PADDING[name])
    texts = ["my refund is late", "parcel", " ".join(["late parcel"] * 20), "a payment"]
    clf = TransformerClassifier(given, max_epochs=1, random_state=0).fit(TEXTS, LABELS)
    twin = pickle.loads(pickle.dumps(clf))
    for found in (
        clf.predict_proba,
        twin.predict_proba,
        SentenceEncoder(given).fit(TEXTS).transform,
    ):
        alone = np.vstack([found([text]) for text in texts])
        np.testing.assert_allclose(found(texts), alone, atol=1e-5)
    np.testing.assert_array_equal(twin.predict_proba(texts), clf.predict_proba(texts))


def test_finding_out_leaves_the_mode_of_each_part(pair):
    encoder = load_encoder(pair)
    encoder.train().blocks[0][1].eval()
    assert not encoder.is_causal
    assert not encoder.blocks[0][1].training
    assert encoder.blocks[1][1].training


NO_LAYERS = {"Albert": {"embedding_size": 8}, "XLM": {"emb_dim": 16, "n_layers": 2, "n_heads": 2}}


@pytest.mark.parametrize("name", NO_LAYERS)
@pytest.mark.parametrize(
    "params", [{"gradient_checkpointing": True}, {"layer_decay": 0.9}, {"trained_layers": 1}]
)
def test_layers_that_cannot_be_told_apart_are_named(name, params, pair):
    given = of_family(name, pair[1], **NO_LAYERS[name])
    with pytest.raises(ValueError, match=r"cannot.* be told apart|told apart, and those of"):
        TransformerClassifier(given, **params).fit(TEXTS, LABELS)


# -- memory and packages that are not there -------------------------------------------


@pytest.mark.parametrize("step", ["predict", "transform", "contrast"])
def test_memory_that_runs_out_says_which_batch_and_what_to_lower(step, folder, monkeypatch):
    clf = TransformerClassifier(folder, max_epochs=1, random_state=0).fit(TEXTS, LABELS)
    encoder = SentenceEncoder(folder).fit(TEXTS)
    run = {
        "predict": lambda: clf.predict(TEXTS),
        "transform": lambda: encoder.transform(TEXTS),
        "contrast": lambda: ContrastiveEncoder(folder).fit(TEXTS, LABELS),
    }

    def greedy(self, *args, **kwargs):
        raise torch.cuda.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(PretrainedEncoder, "forward", greedy)
    with pytest.raises(MemoryError, match=r"\d+ texts of up to \d+ tokens.* [Ll]ower"):
        run[step]()


@pytest.mark.parametrize("make", [TransformerClassifier, SentenceEncoder, PretrainedTokenizer])
def test_missing_extra_is_named(make, folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(
        ImportError, match=r"needs transformers,.*pip install 'sktext\[pretrained\]'"
    ):
        make(folder).fit(TEXTS, LABELS)


# -- adapters that were trained elsewhere ---------------------------------------------


def lora(**params):
    peft = pytest.importorskip("peft")
    return peft.LoraConfig(
        r=2, target_modules=["query", "value"], init_lora_weights=False, **params
    )


def wrapped(model):
    return pytest.importorskip("peft").get_peft_model(model, lora())


def wrapped_with_head(model):
    head = transformers.BertForSequenceClassification(model.config)
    head.bert.load_state_dict(model.state_dict())
    return pytest.importorskip("peft").get_peft_model(head, lora(task_type="SEQ_CLS"))


def adapted_itself(model):  # as model.add_adapter does
    return pytest.importorskip("peft").inject_adapter_in_model(lora(), model)


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")
@pytest.mark.parametrize("adapt", [wrapped, wrapped_with_head, adapted_itself])
def test_adapters_of_given_objects_are_merged_in_a_copy(adapt, pair):
    model, tokenizer = pair
    plain = copy.deepcopy(model)
    adapted = adapt(model).eval()
    base = getattr(adapted, "base_model", adapted)
    base = getattr(getattr(base, "model", base), "bert", getattr(base, "model", base))
    ids = torch.tensor([[2, 9, 7, 3]])
    with torch.no_grad():
        expected = base(input_ids=ids).last_hidden_state
        found = load_encoder((adapted, tokenizer))(ids)
        assert not torch.allclose(plain(input_ids=ids).last_hidden_state, expected, atol=1e-3)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)
    assert any("lora" in name for name, _ in adapted.named_parameters())
    clf = TransformerClassifier((adapted, tokenizer), lora=2, max_epochs=1, random_state=0)
    clf.fit(TEXTS, LABELS)
    twin = pickle.loads(pickle.dumps(clf))
    np.testing.assert_array_equal(twin.predict_proba(TEXTS), clf.predict_proba(TEXTS))


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")
def test_adapters_that_cannot_be_merged_are_refused(pair):
    peft = pytest.importorskip("peft")
    head = transformers.BertForSequenceClassification(pair[0].config)
    config = peft.PromptTuningConfig(task_type="SEQ_CLS", num_virtual_tokens=2)
    with pytest.raises(TypeError, match="whose adapters can be merged"):
        load_encoder((peft.get_peft_model(head, config), pair[1]))


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")
@pytest.mark.parametrize("load", [load_encoder, load_pieces])
def test_folder_of_adapters_is_refused_with_how_to_merge_them(load, pair, tmp_path):
    wrapped(pair[0]).save_pretrained(tmp_path / "adapters")
    with pytest.raises(ValueError, match=r"adapters of peft alone.*merge_and_unload"):
        load(tmp_path / "adapters")


def test_folder_without_settings_has_none(folder):
    assert load_sentence_settings(folder) is None
