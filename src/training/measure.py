"""How good probabilities are, and how scores become ones that can be trusted."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score


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


def losses(labels, probabilities):
    """Log loss of each case."""
    clipped = np.clip(probabilities.astype(np.float64), 1e-7, 1 - 1e-7)
    return -np.log(np.where(labels == 1, clipped, 1 - clipped))


def mean_and_error(values, groups):
    """The mean, and its standard error where the groups (customers) are independent of each other and the values within one are not. Of one
    group alone it is infinite."""
    mean = values.mean()
    _, of = np.unique(groups, return_inverse=True)
    sums = np.bincount(of, values - mean)
    return float(mean), float(np.sqrt((sums ** 2).sum() * len(sums) / (len(sums) - 1)) / len(values)) if len(sums) > 1 else float("inf")


def platt(labels, scores):
    """a and b of p = sigmoid(a * score + b); the identity where a split has one class only."""
    if not 0 < labels.sum() < len(labels):
        return {"method": "platt", "a": 1.0, "b": 0.0}
    fit = LogisticRegression(C=1e6, max_iter=500).fit(scores[:, None].astype(np.float64), labels)
    return {"method": "platt", "a": float(fit.coef_[0, 0]), "b": float(fit.intercept_[0])}


def probabilities(calibration, scores):
    """What scores mean by a and b of `platt`."""
    return sigmoid(calibration["a"] * scores + calibration["b"])
