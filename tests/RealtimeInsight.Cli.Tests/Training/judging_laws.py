"""Laws of comparing two scorers on the same cases. Ends with 0 when all of them hold."""

import numpy as np

import judge
import measure


def told(model, other, labels, owners):
    warnings = []
    judge.warn_if_simpler_is_better("churn", "shop", labels, owners, model, {"trees": other}, warnings.append)
    return warnings


def main():
    rng = np.random.default_rng(7)
    chance = rng.uniform(0.05, 0.95, 4_000)
    labels = (rng.random(4_000) < chance).astype(np.int8)
    alone = np.arange(4_000)
    constant = np.full(4_000, labels.mean())

    plain = -np.where(labels == 1, np.log(chance), np.log(1 - chance))
    assert np.allclose(measure.losses(labels, chance), plain), "the loss of a case"
    assert abs(measure.losses(labels, chance).mean() - measure.quality(labels, chance)["log_loss"]) < 1e-12, "not the same as the mean"

    values = rng.normal(size=4_000)
    mean, error = measure.mean_and_error(values, alone)
    assert mean == values.mean() and abs(error - values.std(ddof=1) / np.sqrt(4_000)) < 1e-12, "the error of values that are independent"
    repeated = np.repeat(values[:400], 10)
    _, one_each = measure.mean_and_error(values[:400], np.arange(400))
    _, ten_each = measure.mean_and_error(repeated, np.repeat(np.arange(400), 10))
    assert abs(one_each - ten_each) < 1e-12, "a customer's events count as if they were ten customers'"

    assert len(told(constant, chance, labels, alone)) == 1, "a challenger that knows more is not told of"
    assert "trees: log loss" in told(constant, chance, labels, alone)[0] and "n 4,000" in told(constant, chance, labels, alone)[0]
    assert told(chance, constant, labels, alone) == [], "a challenger that knows less is told of"
    assert told(chance, chance, labels, alone) == [], "an equal one is told of"
    assert told(constant[:6], chance[:6], labels[:6], np.zeros(6, int)) == [], "one customer proves nothing"
    print("the laws hold")


if __name__ == "__main__":
    main()
