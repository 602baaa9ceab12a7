"""The same on a CUDA device; skipped where there is none."""

import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
import torch

from sktext import TfidfTorchClassifier
from sktext.losses import LOSSES

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA device")

CONFIGURATIONS = [
    {},
    {"optimizer": "adagrad"},
    {"optimizer": "adamw"},
    {"hidden_layer_sizes": (16,), "early_stopping": True},
    {"loss": "margin_ce", "class_weight": "balanced"},
]


@pytest.mark.parametrize("params", CONFIGURATIONS, ids=lambda params: "-".join(params) or "plain")
def test_cuda_and_cpu_agree(params, multiclass):
    texts, labels = multiclass
    models = [
        TfidfTorchClassifier(device=device, dtype="float64", random_state=0, **params).fit(
            texts, labels
        )
        for device in ("cpu", "cuda")
    ]
    assert models[1].net_.module_.head.weight.is_cuda
    np.testing.assert_allclose(
        models[0].predict_proba(texts), models[1].predict_proba(texts), atol=1e-4
    )


def test_auto_takes_the_device(multiclass):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(dropout=0.2, hidden_layer_sizes=(8,)).fit(texts, labels)
    assert clf.net_.device == "cuda"


def test_model_of_the_device_loads_without_it(multiclass, tmp_path):
    texts, labels = multiclass
    clf = TfidfTorchClassifier(device="cuda", random_state=0).fit(texts, labels)
    path = tmp_path / "model.pickle"
    path.write_bytes(pickle.dumps(clf))
    code = f"import pickle; m = pickle.load(open({str(path)!r}, 'rb')); print(m.net_.device)"
    env = os.environ | {"CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False
    )
    assert done.stdout.strip() == "cpu", done.stderr


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_losses_survive_autocast(name, dtype):
    task = "multilabel" if LOSSES[name]().tasks == ("multilabel",) else "binary"
    loss = LOSSES[name]().build(task, [6.0, 4.0], 10.0).cuda()
    layer = torch.nn.Linear(4, 2 if task == "multilabel" else 1).cuda()
    target = torch.ones(8, 2) if task == "multilabel" else torch.ones(8)
    with torch.autocast("cuda", dtype=dtype):
        value = loss(layer(torch.randn(8, 4).cuda()), target.cuda())
    value.backward()
    assert value.isfinite()
    assert layer.weight.grad.isfinite().all()
