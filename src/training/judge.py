"""Calibration, quality on later events, and the baselines that a model has to beat."""

import numpy as np

import challengers
from features import HEADS
from measure import losses, mean_and_error, platt, probabilities, quality

NEXT_ITEM_ROWS = 20_000
NEXT_ITEM_LIST = 20
ERRORS_MIN = 2  # standard errors by which a simpler scorer has to be better before it is told


def calibrate(features, logits, warn):
    """By head. A head that nothing could teach answers one constant: its noise must not look like knowledge."""
    found = {}
    for i, head in enumerate(HEADS):
        taught, mask = features.train[:, i], features.calibration[:, i]
        labels = features.labels[taught, i]
        if not 0 < labels.sum() < len(labels):
            rate = (labels.sum() + 1) / (len(labels) + 2)
            found[head] = {"method": "platt", "a": 0.0, "b": float(np.log(rate / (1 - rate)))}
            warn(f"{head}: {len(labels)} training cases with a known outcome, {int(labels.sum())} of them positive: not learned, every "
                 f"score is {rate:.3f}")
            continue
        held = features.labels[mask, i]
        found[head] = platt(held, logits[mask, i])
        if not 0 < held.sum() < len(held):
            warn(f"{head}: {len(held)} calibration cases, {int(held.sum())} of them positive: not calibrated")
    return found


def calibrated(logits, calibration, i):
    return probabilities(calibration[HEADS[i]], logits[:, i])


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


def table(rows):
    lines = [f"{'source':<18}{'head':<13}{'scorer':<30}{'n':>9}{'base':>8}{'AUC':>8}{'Brier':>8}{'log loss':>10}"]
    for row in rows:
        lines.append(f"{row['source']:<18}{row['head']:<13}{row['scorer']:<30}{row['n']:>9,}{row['base_rate']:>8.4f}{row['auc']:>8.4f}"
                     f"{row['brier']:>8.4f}{row['log_loss']:>10.4f}")
    return "\n".join(lines)


def warn_if_simpler_is_better(head, source, labels, owners, model_scores, others, warn):
    """Tells of a challenger that loses clearly less on later events: what the model costs is not paid back there."""
    lost = losses(labels, model_scores)
    for name, scores in others.items():
        theirs = losses(labels, scores)
        gain, error = mean_and_error(lost - theirs, owners)
        if gain > ERRORS_MIN * error:
            warn(f"{head}: {name}: log loss {theirs.mean():.4f} on later events of {source}, the model {lost.mean():.4f}, "
                 f"n {len(labels):,}: there is too little to learn from here; judge it beside the model that ships before it serves")


def judge(features, logits, queries, calibration, model, warn):
    """Metrics of the first source's later events, which the manifest holds; every scorer's on every source; and the next items."""
    rng = np.random.default_rng(0)
    metrics, told, owners = {}, [], features.owners()
    for i, head in enumerate(HEADS):
        others = challengers.fitted(features, i, rng)
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
            metrics.setdefault(head, found)
            scorers = [("model", found)]
            if unseen.any():
                scorers.append(("model, unseen customers", quality(labels[unseen], model_scores[rows][unseen])))
            theirs = {name: score(rows) for name, score in others.items()}
            scorers += [(name, quality(labels, scores)) for name, scores in theirs.items()]
            scorers.append(("base rate of training", quality(labels, np.full(len(rows), rate))))
            if source is features.sources[0]:
                warn_if_simpler_is_better(head, source["name"], labels, owners[rows], model_scores[rows], theirs, warn)
            told += [{"source": source["name"], "head": head, "scorer": name, **q} for name, q in scorers]
        metrics.setdefault(head, {"n": 0, "base_rate": None, "auc": None, "brier": None, "log_loss": None})
    next_items = []
    for source in features.sources:
        found = next_item(features, queries, model, features.source_rows(source["name"]), rng)
        if found is not None:
            next_items.append({"source": source["name"], "n": found[0], "products": found[1], "hit_at_20": found[2], "popular": found[3]})
    return metrics, told, next_items
