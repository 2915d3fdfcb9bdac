"""Calibration, quality on later events, and the two baselines that a model has to beat."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from features import HEADS

BASELINE_ROWS = 150_000
NEXT_ITEM_ROWS = 20_000
NEXT_ITEM_LIST = 20


def auc(labels, scores):
    """Area under the ROC curve; NaN where only one class occurs."""
    return float(roc_auc_score(labels, scores)) if 0 < labels.sum() < len(labels) else float("nan")


def sigmoid(x):
    return 1 / (1 + np.exp(-np.clip(np.asarray(x, np.float64), -40, 40)))


def quality(labels, probabilities):
    labels = labels.astype(np.float64)
    clipped = np.clip(probabilities.astype(np.float64), 1e-7, 1 - 1e-7)
    log_loss = -np.mean(labels * np.log(clipped) + (1 - labels) * np.log(1 - clipped))
    return {
        "n": int(len(labels)),
        "base_rate": float(labels.mean()),
        "auc": auc(labels, probabilities),
        "brier": float(np.mean((probabilities - labels) ** 2)),
        "log_loss": float(log_loss),
    }


def platt(labels, scores):
    """a and b of p = sigmoid(a * score + b); the identity where a split has one class only."""
    if not 0 < labels.sum() < len(labels):
        return {"method": "platt", "a": 1.0, "b": 0.0}
    fit = LogisticRegression(C=1e6, max_iter=500).fit(scores[:, None].astype(np.float64), labels)
    return {"method": "platt", "a": float(fit.coef_[0, 0]), "b": float(fit.intercept_[0])}


def calibrate(features, logits):
    return {head: platt(features.labels[mask, i], logits[mask, i])
            for i, head in enumerate(HEADS) for mask in [features.calibration[:, i]]}


def calibrated(logits, calibration, i):
    parts = calibration[HEADS[i]]
    return sigmoid(parts["a"] * logits[:, i] + parts["b"])


def profile_baseline(features, i, rng):
    """Logistic regression on the profile features, fitted and calibrated on the same splits; a function of rows to probabilities."""
    rows = np.flatnonzero(features.train[:, i])
    if len(rows) > BASELINE_ROWS:
        rows = np.sort(rng.choice(rows, BASELINE_ROWS, replace=False))
    labels = features.labels[rows, i]
    if not 0 < labels.sum() < len(labels):
        return lambda asked: np.full(len(asked), labels.mean() if len(labels) else 0.5)
    scaler = StandardScaler().fit(features.profiles[rows])
    fit = LogisticRegression(max_iter=300).fit(scaler.transform(features.profiles[rows]), labels)

    def score(asked):
        return fit.decision_function(scaler.transform(features.profiles[asked]))

    held = np.flatnonzero(features.calibration[:, i])
    parts = platt(features.labels[held, i], score(held)) if len(held) else {"a": 1.0, "b": 0.0}
    return lambda asked: sigmoid(parts["a"] * score(asked) + parts["b"])


def next_item(features, queries, model, source_rows, rng):
    """Share of next products within the first 20, over all products trained on: the model's, and the most popular ones'."""
    rows = np.flatnonzero(features.next_item_test & source_rows)
    counts = np.bincount(features.next_items[features.next_item_train & source_rows], minlength=4096)
    candidates = np.flatnonzero(counts)
    if len(rows) == 0 or len(candidates) <= NEXT_ITEM_LIST:
        return None
    if len(rows) > NEXT_ITEM_ROWS:
        rows = rng.choice(rows, NEXT_ITEM_ROWS, replace=False)
    scores = queries[rows] @ model.embedding.weight.detach().numpy()[candidates + model.item_offset].T
    own = features.ids[rows, 3]
    scores[np.arange(len(rows)), np.searchsorted(candidates, own).clip(max=len(candidates) - 1)] -= np.where(
        np.isin(own, candidates), np.inf, 0).astype(np.float32)
    best = candidates[np.argpartition(-scores, NEXT_ITEM_LIST, axis=1)[:, :NEXT_ITEM_LIST]]
    popular = candidates[np.argsort(-counts[candidates])[:NEXT_ITEM_LIST]]
    target = features.next_items[rows]
    return len(rows), len(candidates), float((best == target[:, None]).any(1).mean()), float(np.isin(target, popular).mean())


def judge(features, logits, queries, calibration, model):
    """Metrics of the first source's later events, which the manifest holds, and a table of everything."""
    rng = np.random.default_rng(0)
    lines = [f"{'source':<18}{'head':<13}{'scorer':<30}{'n':>9}{'base':>8}{'AUC':>8}{'Brier':>8}{'log loss':>10}"]
    metrics = {}
    for i, head in enumerate(HEADS):
        baseline = profile_baseline(features, i, rng)
        model_scores = calibrated(logits, calibration, i)
        for source in features.sources:
            rows = np.flatnonzero(features.test[:, i] & features.source_rows(source["name"]))
            if len(rows) == 0:
                continue
            labels = features.labels[rows, i]
            known = features.train[:, i] & features.source_rows(source["name"])
            rate = features.labels[known, i].mean() if known.any() else 0.5
            unseen = features.row_held_out[rows]
            found = quality(labels, model_scores[rows])
            if head not in metrics:
                metrics[head] = found
            scorers = [("model", found), ("model, unseen customers", quality(labels[unseen], model_scores[rows][unseen]))]
            scorers.append(("logistic regression on profile", quality(labels, baseline(rows))))
            scorers.append(("base rate of training", quality(labels, np.full(len(rows), rate))))
            for name, q in scorers:
                lines.append(f"{source['name']:<18}{head:<13}{name:<30}{q['n']:>9,}{q['base_rate']:>8.4f}{q['auc']:>8.4f}"
                             f"{q['brier']:>8.4f}{q['log_loss']:>10.4f}")
    for source in features.sources:
        found = next_item(features, queries, model, features.source_rows(source["name"]), rng)
        if found is not None:
            lines.append(f"{source['name']:<18}{'next item':<13}hit@20 of {found[1]} products, {found[0]:,} events: "
                         f"model {found[2]:.3f}, most popular {found[3]:.3f}")
    return metrics, "\n".join(lines)
