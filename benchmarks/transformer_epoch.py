"""An epoch of fine-tuning beside the Trainer of transformers, on the same texts and batch size.

Both sides train the same network (all-MiniLM-L6-v2, mean over the tokens, dropout, a linear layer
that starts at zero) in float32 by AdamW with one step size, which rises for a tenth of the steps
and then decreases to zero, 32 texts a step, gradients clipped at norm 1. The Trainer has its
defaults otherwise: batches in random order, padded to their longest text. Timed is the epoch
alone, without loading and tokenizing, on as many threads as the machine has. Printed are
seconds, and the mean loss of each fifth of the steps.
"""

import statistics
import tempfile
import time

import numpy as np
import torch
import transformers
from _minilm import minilm
from _report import print_machine, read_data
from torch import nn

from sktext import TransformerClassifier

BATCH_SIZE, LR, MAX_LENGTH, DROPOUT, N_PARTS, N_TURNS = 32, 1e-4, 256, 0.1, 5, 3
SETS = {"sms_spam": 2560, "financial_phrasebank": 2560, "imdb_10k": 640}


class MeanClassifier(nn.Module):
    """The network that both sides train, as the Trainer takes it."""

    def __init__(self, folder, n_outputs):
        super().__init__()
        self.encoder = transformers.BertModel.from_pretrained(
            folder, dtype=torch.float32, add_pooling_layer=False
        )
        self.dropout = nn.Dropout(DROPOUT)
        self.head = nn.Linear(self.encoder.config.hidden_size, n_outputs)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, input_ids, attention_mask, labels):
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask[:, :, None]
        logits = self.head(self.dropout((states * mask).sum(1) / mask.sum(1)))
        return {"loss": nn.functional.cross_entropy(logits, labels), "logits": logits}


class Losses(transformers.TrainerCallback):
    """Keep the loss of every step."""

    def __init__(self):
        self.values = []

    def on_log(self, args, state, control, logs=None, **kwargs):
        if "loss" in logs:
            self.values.append(float(logs["loss"]))


def by_trainer(folder, texts, numbers, seed):
    """Return seconds of an epoch, and the loss of every step."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    ids = tokenizer(texts, truncation=True, max_length=MAX_LENGTH)["input_ids"]
    rows = [
        {"input_ids": row, "attention_mask": [1] * len(row), "labels": int(number)}
        for row, number in zip(ids, numbers, strict=True)
    ]
    losses = Losses()
    with tempfile.TemporaryDirectory() as output:
        arguments = transformers.TrainingArguments(
            output_dir=output,
            per_device_train_batch_size=BATCH_SIZE,
            num_train_epochs=1,
            learning_rate=LR,
            warmup_steps=-(-len(rows) // BATCH_SIZE) // 10,
            logging_steps=1,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            use_cpu=True,
            seed=seed,
        )
        trainer = transformers.Trainer(
            MeanClassifier(folder, int(max(numbers)) + 1),
            arguments,
            train_dataset=rows,
            processing_class=tokenizer,
            callbacks=[losses],
        )
        trainer.remove_callback(transformers.PrinterCallback)
        start = time.perf_counter()
        trainer.train()
        return time.perf_counter() - start, losses.values


def by_sktext(folder, texts, numbers, seed):
    """Return the same of a TransformerClassifier."""
    clf = TransformerClassifier(
        folder,
        max_length=MAX_LENGTH,
        lr=LR,
        head_lr=LR,
        lr_schedule="warmup_linear",
        weight_decay=0,
        bias_init="zero",
        dropout=DROPOUT,
        batch_size=BATCH_SIZE,
        max_epochs=1,
        random_state=seed,
    ).fit(texts, numbers)
    return clf.history_[0]["dur"], clf.history_[0, "batches", :, "train_loss"]


def main():
    """Print both sides for each set."""
    print_machine()
    print(f"transformers {transformers.__version__}")
    folder = minilm()
    for name, n_texts in SETS.items():
        frame = read_data(name).drop_duplicates("text").sample(n_texts, random_state=0)
        texts, numbers = frame["text"].tolist(), frame["label"].astype("category").cat.codes
        turns = [
            (
                by_sktext(folder, texts, numbers.to_numpy(), seed),
                by_trainer(folder, texts, numbers, seed),
            )
            for seed in range(N_TURNS)
        ]
        ratio = statistics.median(theirs[0] / ours[0] for ours, theirs in turns)
        for side, runs in zip(("ours", "Trainer"), zip(*turns, strict=True), strict=True):
            losses = np.mean(
                [[np.mean(p) for p in np.array_split(run[1], N_PARTS)] for run in runs], 0
            )
            took = statistics.median(run[0] for run in runs)
            curve = " ".join(f"{loss:.3f}" for loss in losses)
            print(f"{name:<22}{side:<9}{took:7.1f} s   loss {curve}", flush=True)
        print(f"{name:<22}{ratio:.2f} x", flush=True)


if __name__ == "__main__":
    main()
