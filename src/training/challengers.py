"""Tabular challengers: what the newest event and the profile alone can tell, without a recurrent state. Same splits, same calibration."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

import measure

ROWS_MAX = 150_000
SEED = 0
NAMES = ("logistic regression on profile", "gradient-boosted trees")


def logistic(features, rows, labels):
    scaler = StandardScaler().fit(features.profiles[rows])
    fit = LogisticRegression(max_iter=300).fit(scaler.transform(features.profiles[rows]), labels)
    return lambda asked: fit.decision_function(scaler.transform(features.profiles[asked]))


def boosted(features, rows, labels):
    """On profile and newest event. Leaves and rounds are few: early stopping would need rows that a small shop does not have."""
    def table(asked):
        return np.concatenate([features.profiles[asked], features.tokens[asked]], 1)

    fit = HistGradientBoostingClassifier(
        learning_rate=0.06, max_iter=150, max_leaf_nodes=16, min_samples_leaf=40, l2_regularization=5, early_stopping=False,
        random_state=SEED).fit(table(rows), labels)
    return lambda asked: fit.decision_function(table(asked))


def fitted(features, i, rng):
    """By name, a function from rows to calibrated probabilities of head i; the constant rate where one class only was seen."""
    rows = np.flatnonzero(features.train[:, i])
    if len(rows) > ROWS_MAX:
        rows = np.sort(rng.choice(rows, ROWS_MAX, replace=False))
    labels = features.labels[rows, i]
    if not 0 < labels.sum() < len(labels):
        rate = labels.mean() if len(labels) else 0.5
        return {name: lambda asked: np.full(len(asked), rate) for name in NAMES}
    held = np.flatnonzero(features.calibration[:, i])
    found = {}
    for name, fit in zip(NAMES, (logistic, boosted)):
        score = fit(features, rows, labels)
        parts = measure.platt(features.labels[held, i], score(held)) if len(held) else {"a": 1.0, "b": 0.0}
        found[name] = lambda asked, score=score, parts=parts: measure.probabilities(parts, score(asked))
    return found
