"""Several shops train one model without showing each other an event: federated averaging over the trainer of train.py.

A shop gives away one thing a round: the change that its own training made to the model, cut to a greatest length. The coordinator adds them
up with Gaussian noise and moves the model by the sum over the expected number of shops (McMahan, Ramage, Talwar, Zhang 2018). Calibration
and judgement stay in the shop.
"""

import argparse
import json
import math
import os
import secrets
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import torch

import judge
import measure
import train as trainer
from features import HEADS, FeatureSet
from model import BehaviourModel
from scoring import predict
from trials import Settings

HEAD_PARTS = ("hidden.", "outputs.")


class Shop:
    """One shop's events. Only `update` is seen outside; what it answers is of bounded length whatever the events are."""

    def __init__(self, folder, scale):
        self.name = Path(folder).name
        self.features = FeatureSet(folder)
        self.scale = scale
        if not self.features.train.any():
            raise SystemExit(f"{folder}: {trainer.too_short(self.features)}")

    def update(self, weights, shared, settings, seed, clip):
        """The change of the shared weights by local training, no longer than `clip` (None: as it is)."""
        model = trainer.train(self.features, seed, settings, start=weights, scale=self.scale)
        change = flat(model.state_dict(), shared) - flat(weights, shared)
        return cut(change, clip)


def cut(change, clip):
    """The vector, shortened to the length `clip` if it is longer."""
    length = np.linalg.norm(change)
    return change if clip is None or length <= clip else change * (clip / length)


def average(changes, expected, clip, noise, rng):
    """The sum of bounded changes with noise in proportion to the bound, over the expected number of shops."""
    total = np.sum(changes, axis=0)
    if noise > 0:
        total = total + rng.normal(0.0, noise * clip, total.shape)
    return total / expected


def shared_names(weights, share):
    """Names of the weights that are trained together: all, or the heads over a state that everybody has already."""
    names = [name for name in weights if name not in ("profile_mean", "profile_spread", "offsets")]
    return names if share == "all" else [name for name in names if name.startswith(HEAD_PARTS)]


def flat(weights, names):
    return np.concatenate([weights[name].numpy().astype(np.float64).ravel() for name in names])


def moved(weights, names, change):
    """The weights moved by a flat change; in double precision, so that a single shop's own weights come back to the bit."""
    result, at = dict(weights), 0
    for name in names:
        part = weights[name]
        values = part.numpy().astype(np.float64).ravel() + change[at:at + part.numel()]
        result[name] = torch.from_numpy(values.astype(np.float32).reshape(part.shape))
        at += part.numel()
    return result


def start_of(public, seed, settings, share):
    """Weights to begin with, and the profile's scale: from the public events alone. With `heads`, the rest is learned there."""
    scale = trainer.profile_scale(public)
    if share == "heads":
        return trainer.train(public, seed, settings, scale=scale).state_dict(), scale
    torch.manual_seed(seed)
    return BehaviourModel(*scale, state_dropout=settings.state_dropout).state_dict(), scale


def rounds_of(shops, weights, names, settings, asked, seed, noise_rng, sample_rng, progress):
    """Federated averaging. Each round's local training is one of its own, with a step that shrinks from round to round."""
    clip = asked.clip if asked.clip > 0 else None
    started = time.monotonic()
    for number in range(asked.rounds):
        local = settings if asked.rounds == 1 else replace(
            settings, learning_rate=settings.learning_rate * 0.5 * (1 + math.cos(math.pi * number / asked.rounds)))
        taken = [shop for shop in shops if asked.participation >= 1 or sample_rng.random() < asked.participation]
        changes = [shop.update(weights, names, local, seed + number, clip) for shop in taken] or [np.zeros_like(flat(weights, names))]
        change = average(changes, asked.participation * len(shops), clip, asked.noise, noise_rng)
        weights = moved(weights, names, change)
        left = (time.monotonic() - started) / (number + 1) * (asked.rounds - number - 1)
        lengths = " ".join(f"{np.linalg.norm(one):.2f}" for one in changes[:8])
        progress(f"federate  round {number + 1}/{asked.rounds}: {len(taken)} shops, lengths of changes {lengths}, of the step "
                 f"{np.linalg.norm(change):.3f}; about {left:.0f} s left")
    return weights


def model_of(weights, settings):
    model = BehaviourModel(state_dropout=settings.state_dropout)
    model.load_state_dict(weights)
    return model


def judged(shop, model):
    """The figures of a model that the shop calibrates."""
    logits, _ = predict(model, shop.features)
    return figures_of(shop.features, logits, judge.calibrate(shop.features, logits, warn=lambda text: None))


def figures_of(features, logits, calibration):
    """By head: cases, AUC, Brier score and log loss on a shop's later events."""
    found = {}
    for i, head in enumerate(HEADS):
        rows = np.flatnonzero(features.test[:, i])
        labels = features.labels[rows, i]
        if not 0 < labels.sum() < len(labels):
            continue
        quality = measure.quality(labels, judge.calibrated(logits, calibration, i)[rows])
        found[head] = {key: quality[key] for key in ("n", "auc", "brier", "log_loss")}
    return found


def mean_over_shops(per_shop):
    """By head: figures weighted by each shop's cases, so that no two shops' scores are ranked against each other."""
    found = {}
    for head in HEADS:
        parts = [shop[head] for shop in per_shop if head in shop]
        n = sum(part["n"] for part in parts)
        if n:
            found[head] = {"n": n, **{key: sum(part[key] * part["n"] for part in parts) / n for key in ("auc", "brier", "log_loss")}}
    return found


class Pooled:
    """What training reads of all shops' arrays, as one set: federated training does without; only where the events are in one place, to
    measure the gap."""

    rows_of = FeatureSet.rows_of

    def __init__(self, sets):
        rows = np.cumsum([0] + [len(one.times) for one in sets])
        for name in ("tokens", "ids", "profiles", "labels", "next_items", "sequence_draws", "in_train_time", "train", "next_item_train"):
            setattr(self, name, np.concatenate([np.asarray(getattr(one, name)) for one in sets]))
        self.sequence_rows = np.concatenate([one.sequence_rows + at for one, at in zip(sets, rows)])
        starts = [one.sequence_starts[:-1] + at for one, at in zip(sets, rows)]
        self.sequence_starts = np.concatenate([*starts, [rows[-1]]])


def compared(shops, federated, settings, asked, start):
    """The figures that the rounds gave beside what they began with; with `compare`, also the same number of passes over everybody's events
    in one place, and over each shop's own alone."""
    found = {"federated": federated, "start": [judged(shop, model_of(start, settings)) for shop in shops]}
    if asked.compare:
        passes = replace(settings, epochs=settings.epochs * asked.rounds)
        pooled = trainer.train(Pooled([shop.features for shop in shops]), asked.seed, passes, start=start, scale=shops[0].scale)
        found["pooled"] = [judged(shop, pooled) for shop in shops]
        found["alone"] = [
            judged(shop, trainer.train(shop.features, asked.seed, passes, start=start, scale=shop.scale)) for shop in shops]
    return {way: mean_over_shops(figures) for way, figures in found.items()}


def arguments_of():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shop", action="append", required=True, metavar="DIR", help="arrays of one shop, by: insight features")
    parser.add_argument("--public", required=True, metavar="DIR", help="arrays of events that are nobody's, such as the simulated shop's")
    parser.add_argument("--work", required=True, metavar="DIR")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--epochs", type=int, default=1, help="passes over a shop's customers a round")
    parser.add_argument("--clip", type=float, default=0.0, help="greatest length of a shop's change; 0: none")
    parser.add_argument("--noise", type=float, default=0.0, help="standard deviation of the noise over the clip")
    parser.add_argument("--participation", type=float, default=1.0, help="probability that a shop is in a round")
    parser.add_argument("--share", choices=("all", "heads"), default="all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--noise-seed", type=int, help="for tests: noise that can be drawn again protects nobody")
    parser.add_argument("--compare", action="store_true", help="also train on all events in one place and on each shop's alone")
    return parser.parse_args()


def main():
    asked = arguments_of()
    trainer.repeatable()
    # A round is one of many: it makes all of its passes.
    settings = Settings(epochs=asked.epochs, patience=0)
    public = FeatureSet(asked.public)
    start, scale = start_of(public, asked.seed, replace(settings, epochs=asked.epochs * asked.rounds), asked.share)
    shops = [Shop(folder, scale) for folder in asked.shop]
    names = shared_names(start, asked.share)
    trainer.progress(f"federate  {len(shops)} shops, {sum(start[name].numel() for name in names):,} weights trained together")
    # Who was asked and which noise fell must not be known: both come from the system unless a test asks for the same again.
    noise_rng, sample_rng = (
        np.random.default_rng(secrets.randbits(128) if asked.noise_seed is None else asked.noise_seed + i) for i in range(2))
    weights = rounds_of(shops, start, names, settings, asked, asked.seed, noise_rng, sample_rng, trainer.progress)
    model = model_of(weights, settings)
    federated = []
    for shop in shops:
        report, logits = trainer.finish(model, shop.features, settings, None, asked.seed, Path(asked.work) / shop.name)
        federated.append(figures_of(shop.features, logits, report["calibration"]))
    result = {
        "shops": [{"name": shop.name, "rows": len(shop.features.times), "customers": len(shop.features.sequence_draws)} for shop in shops],
        "weights": int(sum(start[name].numel() for name in names)),
        "comparison": compared(shops, federated, settings, asked, start),
    }
    (Path(asked.work) / "federated.json").write_text(json.dumps(trainer.plain(result), indent=2) + "\n")


if __name__ == "__main__":
    main()
