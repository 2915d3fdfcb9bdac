"""Trains a small BERT-style encoder that classifies texts, and writes it as the engine reads it: model.onnx, vocab.txt, model.json."""

import argparse
import csv
import gzip
import hashlib
import io
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score
from torch import nn
from torch.nn import functional

import wordpiece

OPSET = 14
# The engine computes these again before a version serves: a vocabulary, a case rule or a graph that is another shows at once.
EXAMPLES = ("Love this dress! Fits perfectly and the colour is gorgeous.", "Terrible quality: it fell apart after ONE wash. Returned.",
            "Runs small, but the fabric is nice", "Très chic, j'adore", "很好，非常满意", "质量太差了，失望", "", "[SEP] ok\u200b 10% off")
FORMATS = {
    # name: (column of the text, column of the label, licence, columns put before the text)
    "reviews_en": ("Review Text", "Recommended IND", "CC0 1.0", ["Title"]),
    "reviews_zh": ("review", "label", "none stated: do not ship what is trained on it", []),
}


class Layer(nn.Module):
    """One transformer layer as in BERT: normalised after each of its two halves."""

    def __init__(self, width, heads, inner, dropout):
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.mixed, self.joined = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.inner, self.outer = nn.Linear(width, inner), nn.Linear(inner, width)
        self.first_norm, self.second_norm = nn.LayerNorm(width), nn.LayerNorm(width)

    def forward(self, x, bias):
        rows, length, width = x.shape
        query, key, value = (part.reshape(rows, length, self.heads, width // self.heads).transpose(1, 2)
                             for part in self.mixed(x).split(width, -1))
        weights = torch.softmax(query @ key.transpose(2, 3) / math.sqrt(width // self.heads) + bias, -1)
        mixed = (functional.dropout(weights, self.dropout, self.training) @ value).transpose(1, 2).reshape(rows, length, width)
        x = self.first_norm(x + functional.dropout(self.joined(mixed), self.dropout, self.training))
        inner = functional.dropout(self.outer(functional.gelu(self.inner(x))), self.dropout, self.training)
        return self.second_norm(x + inner)


class Encoder(nn.Module):
    """Word pieces in, one logit a label out. A text is the mean of its pieces: with little data that learns faster than [CLS] alone."""

    def __init__(self, pieces, max_length, labels, width, layers, heads, dropout):
        super().__init__()
        self.dropout = dropout
        self.pieces, self.positions = nn.Embedding(pieces, width), nn.Embedding(max_length, width)
        self.types = nn.Embedding(2, width)
        for table in (self.pieces, self.positions, self.types):
            nn.init.normal_(table.weight, std=0.05)
        self.norm = nn.LayerNorm(width)
        self.layers = nn.ModuleList([Layer(width, heads, 2 * width, dropout) for _ in range(layers)])
        self.head = nn.Linear(2 * width, labels)

    def forward(self, input_ids, attention_mask, token_type_ids):
        mask = attention_mask.to(torch.float32)
        positions = torch.cumsum(torch.ones_like(input_ids), 1) - 1
        x = self.norm(self.pieces(input_ids) + self.positions(positions) + self.types(token_type_ids))
        x = functional.dropout(x, self.dropout, self.training)
        bias = (1 - mask)[:, None, None, :] * -1e4
        for layer in self.layers:
            x = layer(x, bias)
        mean = (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        most = (x + (1 - mask)[:, :, None] * -1e4).amax(1)
        return self.head(functional.dropout(torch.cat([mean, most], -1), self.dropout, self.training))


def read(path, name):
    """Texts and labels of a review table; .gz is unpacked."""
    text, label, _, before = FORMATS[name]
    raw = path.read_bytes()
    rows = csv.DictReader(io.StringIO((gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")))
    found = [(" . ".join([*(row[column] for column in before), row[text]]), int(row[label])) for row in rows]
    return [(text, label) for text, label in found if any(character.isalpha() for character in text)]


def is_held_out(text):
    """A fifth of the texts, by a hash, so that copies fall on one side."""
    return hashlib.sha256(text.encode()).digest()[0] < 51


def batches(examples, size, padding, generator=None):
    """Texts of like length together, so that little is padded."""
    order = np.arange(len(examples))
    if generator is not None:
        generator.shuffle(order)
    lengths = np.array([len(ids) for ids, _ in examples])
    chunks = [chunk[np.argsort(lengths[chunk], kind="stable")] for chunk in np.array_split(order, max(1, len(order) // (size * 50)))]
    found = [part for chunk in chunks for part in np.array_split(chunk, max(1, len(chunk) // size))]
    if generator is not None:
        generator.shuffle(found)
    for part in found:
        length = lengths[part].max()
        ids = torch.full((len(part), int(length)), padding)
        for row, index in enumerate(part):
            ids[row, :lengths[index]] = torch.tensor(examples[index][0])
        yield part, ids, torch.tensor([examples[index][1] for index in part])


def train(model, examples, padding, epochs, rate, seed):
    generator = np.random.default_rng(seed)
    optimizer = torch.optim.AdamW(model.parameters(), rate, weight_decay=0.05)
    steps = epochs * sum(1 for _ in batches(examples, 32, padding))
    if epochs == 0:
        return
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps + 1, pct_start=0.1)
    started = time.monotonic()
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for _, ids, labels in batches(examples, 32, padding, generator):
            # Some pieces unknown: a word that was met seldom must not carry a text alone.
            hidden = (torch.rand(ids.shape) < 0.1) & (ids != padding)
            loss = functional.cross_entropy(model(ids.masked_fill(hidden, 1), (ids != padding).long(), torch.zeros_like(ids)), labels)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) * len(labels)
        print(f"pass {epoch + 1} of {epochs}: loss {total / len(examples):.4f}, {time.monotonic() - started:.0f} s", flush=True)


def judge(model, examples, padding):
    model.eval()
    logits = np.zeros((len(examples), 2), np.float64)
    with torch.no_grad():
        for part, ids, _ in batches(examples, 64, padding):
            logits[part] = model(ids, (ids != padding).long(), torch.zeros_like(ids)).numpy()
    labels = np.array([label for _, label in examples])
    probabilities = 1 / (1 + np.exp(logits[:, 0] - logits[:, 1]))
    return {
        "n": len(labels), "base_rate": round(float(labels.mean()), 6), "auc": round(float(roc_auc_score(labels, probabilities)), 6),
        "accuracy": round(float(accuracy_score(labels, probabilities > 0.5)), 6),
        "log_loss": round(float(log_loss(labels, probabilities)), 6),
    }


def examples(model, vocabulary, max_length):
    """Texts with the probabilities that the engine has to come to as well."""
    model.eval()
    found = []
    for text in EXAMPLES:
        ids = torch.tensor([wordpiece.encode(text, vocabulary, max_length)])
        with torch.no_grad():
            logits = model(ids, torch.ones_like(ids), torch.zeros_like(ids))
        found.append({"text": text, "probabilities": [round(float(value), 5) for value in torch.softmax(logits, -1)[0]]})
    return found


def export(model, path):
    model.eval()
    example = (torch.tensor([[2, 5, 3, 0], [2, 5, 6, 3]]), torch.tensor([[1, 1, 1, 0], [1, 1, 1, 1]]), torch.zeros(2, 4, dtype=torch.long))
    names = ["input_ids", "attention_mask", "token_type_ids"]
    axes = {**{name: {0: "batch", 1: "length"} for name in names}, "logits": {0: "batch"}}
    torch.onnx.export(model, example, str(path), input_names=names, output_names=["logits"], dynamic_axes=axes, opset_version=OPSET)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--format", choices=FORMATS, required=True)
    parser.add_argument("--data", type=Path, required=True, metavar="FILE", help="a review table, .csv or .csv.gz")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the version, e.g. models/review-sentiment/1")
    parser.add_argument("--vocabulary", type=int, default=3000, help="word pieces at most (default 3000)")
    parser.add_argument("--max-length", type=int, default=128)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(1)
    rows = read(arguments.data, arguments.format)
    known, held_out = [row for row in rows if not is_held_out(row[0])], [row for row in rows if is_held_out(row[0])]
    print(f"{len(known)} texts to learn from, {len(held_out)} held out", flush=True)
    vocabulary = wordpiece.learn([text for text, _ in known], arguments.vocabulary)
    ids = {piece: id for id, piece in enumerate(vocabulary)}
    encoded = [[(wordpiece.encode(text, ids, arguments.max_length), label) for text, label in part] for part in (known, held_out)]
    model = Encoder(len(vocabulary), arguments.max_length, 2, arguments.width, arguments.layers, heads=4, dropout=0.2)
    train(model, encoded[0], ids[wordpiece.PADDING], arguments.epochs, arguments.rate, arguments.seed)
    metrics = judge(model, encoded[1], ids[wordpiece.PADDING])
    print(json.dumps(metrics), flush=True)

    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8", newline="\n")
    export(model, arguments.out / "model.onnx")
    digest = hashlib.sha256((arguments.out / "model.onnx").read_bytes() + (arguments.out / "vocab.txt").read_bytes()).hexdigest()
    manifest = {
        "name": arguments.out.absolute().parent.name, "version": arguments.out.absolute().name, "digest": digest,
        "labels": ["negative", "positive"], "max_length": arguments.max_length, "lower_case": True, "activation": "softmax",
        "training": {"seed": arguments.seed, "source": arguments.format, "licence": FORMATS[arguments.format][2], "rows": len(known)},
        "metrics": metrics, "examples": examples(model, ids, arguments.max_length),
    }
    (arguments.out / "model.json").write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
