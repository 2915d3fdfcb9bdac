"""Trains the behaviour model on the arrays of `insight features`, calibrates it, and judges it on later events."""

import argparse
import dataclasses
import json
import math
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its threads and torch's own get in each other's way

import numpy as np
import torch

import judge
import measure
import trials
from features import HEADS, FeatureSet
from finetune import fine_tune
from model import STATE_WIDTH, BehaviourModel
from passes import BATCH, EarlyStop, OutcomeLoss, Walk, inputs, learn, profile_scale, training_windows
from pretrain import pretrain
from scoring import HeldOut, predict
from trials import Settings


def progress(text):
    print(text, file=sys.stderr, flush=True)


def train(features, seed, settings, tell=None, start=None, scale=None):
    """A trained model. It begins with the weights `start`, and scales profiles by `scale`, where they are given. With `settings.patience`
    passes without a gain on customers held out it ends, and has the weights of its best pass. `tell`: called with a line after each."""
    torch.manual_seed(seed)
    epochs = settings.epochs
    rng = np.random.default_rng(seed)
    windows = training_windows(features)
    outcome = OutcomeLoss(features, windows, settings)
    held_out = HeldOut(features) if settings.patience > 0 else None
    model = BehaviourModel(*(profile_scale(features) if scale is None else scale), state_dropout=settings.state_dropout)
    if start is not None:
        model.load_state_dict(start)
    optimizer = torch.optim.Adam(model.parameters(), lr=settings.learning_rate)
    total = epochs * -(-len(windows) // BATCH)
    # Up over the first tenth, then down to nothing along a cosine.
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, 10 * (step + 1) / total) * 0.5 * (1 + math.cos(math.pi * min(1, step / total))))
    walk, stop = Walk(windows), EarlyStop(settings.patience)
    started, done = time.monotonic(), 0

    def loss_of(rows, valid, before):
        return outcome.of(model, rows, valid, before, rng)

    for epoch in range(epochs):
        model.train()
        losses = learn(walk, rng, settings.forget_state, loss_of, optimizer, schedule)
        done += len(losses)
        if held_out is None:
            continue
        found = held_out.ratios(held_out.losses(model, held_out.states(model)))
        if tell is not None:
            shown = "  ".join(f"{head} {loss:.3f}" for head, loss in found.items()) or "too few cases"
            left = (time.monotonic() - started) * max(0, total - done) / done
            tell(f"train     pass {epoch + 1}/{epochs}: loss {np.mean(losses):.4f}; on customers held out, over that of knowing nothing: "
                 f"{shown}; at most {left:.0f} s left")
        if found and stop.is_over(float(np.mean(list(found.values()))), model):
            break
    if stop.best is not None:
        model.load_state_dict(stop.best)
    return model


def example(model, features, length_max=24):
    """Inputs and outputs of one customer's events, step by step, by which an exported graph is checked."""
    lengths = np.diff(features.sequence_starts)
    length = min(length_max, int(lengths.max()))
    sequence = np.flatnonzero(lengths >= length)
    rows = features.rows_of(sequence[0])[None, :length]
    tokens, ids, profile = inputs(features, rows)
    state, found = torch.zeros(1, STATE_WIDTH), {"states": [], "logits": [], "queries": []}
    with torch.no_grad():
        for i in range(length):
            logits, queries, state = model(tokens[:, i:i + 1], ids[:, i:i + 1], profile[:, i:i + 1], state)
            for name, value in (("states", state[0]), ("logits", logits[0, 0]), ("queries", queries[0, 0])):
                found[name].append(value.tolist())
    return {"tokens": tokens[0].tolist(), "ids": ids[0].tolist(), "profiles": profile[0].tolist(), **found}


def plain(value):
    """For JSON: a figure that a split cannot give, such as the AUC of one class, is null."""
    if isinstance(value, dict):
        return {key: plain(of) for key, of in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(of) for of in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def too_short(features):
    """Why nothing can be learned: each outcome has a horizon, and the training time ends at half of the span."""
    days = max(features.times[s["first_row"] + s["rows"] - 1] - features.times[s["first_row"]] for s in features.sources) / 86_400_000
    horizons = ", ".join(f"{head} {ms / 86_400_000:g}" for head, ms in zip(HEADS, features.horizons_ms))
    return (f"the events span {days:.1f} days, and no outcome is known within the first half of them (days until an outcome is known: "
            f"{horizons}); give an export of at least twice the shortest, better of several months")


def finish(model, features, settings, search, seed, work, pretraining=(), fine_tuning=()):
    """Calibrates, judges and writes what export.py and the check of the served model read; answers the report, and the logits behind it."""
    progress("train     scoring every event, calibrating, fitting the challengers")
    warnings = []
    logits, queries = predict(model, features)
    calibration = judge.calibrate(features, logits, warnings.append)
    metrics, rows, next_items = judge.judge(features, logits, queries, calibration, model, warnings.append)

    work.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), work / "weights.pt")
    report = {
        "seed": seed,
        "settings": dataclasses.asdict(settings),
        "pretraining": list(pretraining),
        "fine_tuning": list(fine_tuning),
        "trials": search,
        "features": {key: features.description[key] for key in ("feature_schema_hash", "contract_version", "horizons", "digest")},
        "sources": features.sources,
        "calibration": calibration,
        "metrics": metrics,
        "rows": rows,
        "next_items": next_items,
        "warnings": warnings,
    }
    (work / "report.json").write_text(json.dumps(plain(report), indent=2, allow_nan=False) + "\n")
    (work / "example.json").write_text(json.dumps(example(model, features)))
    # Which rows were judged, and what the model said there: the served model has to say the same.
    features.test.astype(np.uint8).tofile(work / "judged.bin")
    np.stack([judge.calibrated(logits, calibration, i) for i in range(len(HEADS))], 1).astype("<f4").tofile(work / "probabilities.bin")
    return report, logits


def repeatable():
    """One thread and ordered sums: the same inputs give the same bytes."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.use_deterministic_algorithms(True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--features", required=True, metavar="DIR", help="arrays written by: insight features")
    parser.add_argument("--work", required=True, metavar="DIR", help="folder for the weights and the report that export.py reads")
    parser.add_argument("--seed", type=int, default=1, help="draws weights and order (default %(default)s)")
    parser.add_argument("--epochs", type=int, default=10, help="most passes over the training customers (default %(default)s)")
    parser.add_argument("--pretrain", type=int, default=10, metavar="N",
                        help="most passes on the next event before that; 0: none (default %(default)s)")
    parser.add_argument("--finetune", type=int, default=5, metavar="N",
                        help="most passes after that in which every head learns alone; 0: none (default %(default)s)")
    parser.add_argument("--trials", type=int, default=0, help="settings to try, by cross-validation in time (default: none)")
    parser.add_argument("--budget", type=float, metavar="MINUTES", help="most time for the trials (default: no limit)")
    arguments = parser.parse_args()
    if arguments.epochs < 1:
        parser.error(f"--epochs {arguments.epochs}: give 1 or more")
    if arguments.pretrain < 0:
        parser.error(f"--pretrain {arguments.pretrain}: give 0 or more")
    if arguments.finetune < 0:
        parser.error(f"--finetune {arguments.finetune}: give 0 or more")
    if arguments.trials < 0:
        parser.error(f"--trials {arguments.trials}: give 0 or more")

    repeatable()
    features = FeatureSet(arguments.features)
    progress(f"train     {len(features.times):,} events of {len(features.sequence_draws):,} customers")
    if not features.train.any():
        raise SystemExit(too_short(features))
    settings = Settings(epochs=arguments.epochs, pretrain_epochs=arguments.pretrain, finetune_epochs=arguments.finetune)
    search = None
    if arguments.trials > 0:
        seconds = None if arguments.budget is None else 60 * arguments.budget
        settings, best, results = trials.search(
            features, pretrain, train, predict, settings, arguments.trials, seconds, arguments.seed, progress)
        search = {"asked": arguments.trials, "best": best, "results": results}
    start, losses = pretrain(features, arguments.seed, settings, progress) if settings.pretrain_epochs > 0 else (None, [])
    model = train(features, arguments.seed, settings, progress, start)
    tuned = fine_tune(model, features, arguments.seed, settings, progress)
    report, _ = finish(model, features, settings, search, arguments.seed, Path(arguments.work), losses, tuned)
    for warning in report["warnings"]:
        progress(f"train     warning: {warning}")
    print(judge.table(report["rows"]))
    for found in report["next_items"]:
        print(f"{found['source']:<18}next item    hit@20 of {found['products']} products, {found['n']:,} events: "
              f"model {found['hit_at_20']:.3f}, most popular {found['popular']:.3f}")


if __name__ == "__main__":
    main()
