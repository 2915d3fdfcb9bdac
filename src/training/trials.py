"""Hyper-parameter search with a budget, judged by cross-validation in time: a fold learns from the past and is judged on what came next."""

import dataclasses
import json
import time

import numpy as np

import measure
from features import CALIBRATE_UNTIL, HEADS, TRAIN_UNTIL

# Each fold trains on the time before its first share of the span and is judged between the two. No fold sees the test split.
FOLDS = ((0.3, 0.5), (0.5, CALIBRATE_UNTIL))
ROWS_OF_A_CLASS = 20  # fewer of either class say nothing about a head in a fold


@dataclasses.dataclass(frozen=True)
class Settings:
    """What a run of training may choose."""

    learning_rate: float = 4e-3
    epochs: int = 10  # most passes
    pretrain_epochs: int = 10  # most passes on the next event before the heads are learned; 0: none
    finetune_epochs: int = 5  # most passes after the heads' common ones in which each learns alone; 0: none
    patience: int = 3  # passes without a gain on customers held out after which a phase ends; 0: all passes are made
    state_dropout: float = 0.3
    forget_ids: float = 0.25  # share of ids hidden while training: other shops sell other things
    forget_state: float = 0.2  # share of windows that start from nothing, as after a change of model
    next_item_weight: float = 0.25


def drawn(defaults, count, seed):
    """The defaults, then random settings: the same seed draws the same list, however long."""
    rng = np.random.default_rng(seed)
    settings = [defaults]
    while len(settings) < count:
        settings.append(Settings(
            learning_rate=float(np.round(10 ** rng.uniform(-3, -2), 5)),
            epochs=max(1, int(round(defaults.epochs * rng.choice([0.5, 1, 1.5])))),
            state_dropout=float(rng.choice([0.1, 0.3, 0.5])),
            forget_ids=float(rng.choice([0.1, 0.25, 0.4])),
            forget_state=float(rng.choice([0.0, 0.2, 0.4])),
            next_item_weight=float(rng.choice([0.1, 0.25, 0.5])),
            pretrain_epochs=int(rng.choice([0, defaults.pretrain_epochs])),
            finetune_epochs=defaults.finetune_epochs, patience=defaults.patience))
    return settings[:count]


def fold_scores(features, logits):
    """By head: log loss over that of the constant rate, both on the judged part of a fold; below 1 is better than knowing nothing."""
    found = {}
    for i, head in enumerate(HEADS):
        mask = features.calibration[:, i]
        labels = features.labels[mask, i]
        if min(labels.sum(), len(labels) - labels.sum()) < ROWS_OF_A_CLASS:
            continue
        # Level and slope are calibrated later, on data of their own; what is compared here is the rest.
        scores = logits[mask, i]
        loss = measure.quality(labels, measure.probabilities(measure.platt(labels, scores), scores))["log_loss"]
        constant = measure.quality(labels, np.full(len(labels), labels.mean()))["log_loss"]
        found[head] = loss / constant
    return found


def search(features, pretrain, train, predict, defaults, count, seconds, seed, progress):
    """Trains `count` settings on every fold, or as many as the seconds allow, the defaults first; answers the best ones and all results."""
    started, results, starts = time.monotonic(), [], {}
    for number, settings in enumerate(drawn(defaults, count, seed)):
        spent = time.monotonic() - started
        if results and seconds is not None and spent + spent / len(results) > seconds:
            progress(f"trials    stopped after {len(results)} of {count}: another would go beyond the budget")
            break
        folds = []
        for train_until, judge_until in FOLDS:
            features.split(train_until, judge_until)
            # Pre-training is by the defaults, once a fold: a trial chooses whether to begin with it.
            if settings.pretrain_epochs > 0 and train_until not in starts:
                starts[train_until] = pretrain(features, seed, defaults)[0]
            start = starts[train_until] if settings.pretrain_epochs > 0 else None
            folds.append(fold_scores(features, predict(train(features, seed, settings, start=start), features)[0]))
        scores = [score for fold in folds for score in fold.values()]
        if not scores:
            raise SystemExit(f"trials: no fold has {ROWS_OF_A_CLASS} cases of both classes whose outcome is known; train without --trials, "
                             "or on an export of more days or customers")
        results.append({"settings": dataclasses.asdict(settings), "score": float(np.mean(scores)), "folds": folds})
        spent = time.monotonic() - started
        left = spent / len(results) * (count - len(results))
        if seconds is not None:
            left = max(0, min(left, seconds - spent))
        told = f"{results[-1]['score']:.4f} {json.dumps(results[-1]['settings'])}"
        progress(f"trials    {number + 1}/{count}: {told}; about {left:.0f} s left")
    features.split(TRAIN_UNTIL, CALIBRATE_UNTIL)
    best = min(range(len(results)), key=lambda i: (results[i]["score"], i))
    return Settings(**results[best]["settings"]), best, results
