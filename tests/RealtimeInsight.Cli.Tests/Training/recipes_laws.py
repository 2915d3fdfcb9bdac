"""Laws of comparing recipes by several seeds. Ends with 0 when all of them hold."""

import numpy as np

import recipes
from trials import Settings


def refused(text):
    try:
        recipes.recipe_of(text)
    except ValueError as problem:
        return str(problem)
    return ""


def main():
    name, settings = recipes.recipe_of("short: pretrain_epochs=2 learning_rate=0.001")
    expected = Settings(pretrain_epochs=2, learning_rate=0.001)
    assert name == "short" and settings == expected, "what is named is set, the rest is as in training"
    assert recipes.recipe_of("as it is:") == ("as it is", Settings())
    assert "no setting" in refused("a: passes=1") and "of type int" in refused("a: epochs=many") and "a colon" in refused("epochs=1")

    rng = np.random.default_rng(5)
    owners = np.arange(4_000)
    base = rng.normal(0.5, 0.1, 4_000)
    alike = np.stack([base, base, base])
    gain, half = recipes.gain_of(alike, alike - 0.01, owners)
    assert abs(gain - 0.01) < 1e-12 and half < 1e-9, "what is less in every case and seed is sure"

    # Seeds far apart: the same mean gain is no claim, however many customers there are.
    draws = np.array([[-0.05], [0.0], [0.05]])
    gain, half = recipes.gain_of(alike, alike - 0.01 + draws, owners)
    assert abs(gain - 0.01) < 1e-12 and half > 0.05, "a spread over the seeds is not counted"

    # Of three seeds one is not sure by two errors, as it would be of many: Student's quantile is 4.3.
    errors = np.sqrt(draws.var(ddof=1) / 3)
    assert abs(half - 4.303 * errors) < 1e-3, "so few seeds count as many"

    # One customer's many events are one draw.
    noise = rng.normal(0, 0.1, 400)
    one_each = recipes.gain_of(alike[:, :400], alike[:, :400] - noise, np.arange(400))[1]
    ten_each = recipes.gain_of(np.repeat(alike[:, :400], 10, 1), np.repeat(alike[:, :400] - noise, 10, 1), np.repeat(np.arange(400), 10))[1]
    assert abs(one_each - ten_each) < 1e-9, "a customer's events count as if they were ten customers'"

    rows = [("shop", "churn log loss", 10, "one", 0.5, 0.01, None, None), ("shop", "churn log loss", 10, "two", 0.4, 0.01, 0.1, 0.05),
            ("shop", "churn log loss", 10, "three", 0.6, 0.01, -0.1, 0.05), ("shop", "churn log loss", 10, "four", 0.5, 0.01, 0.01, 0.05)]
    assert [line.split()[-1] for line in recipes.table(rows, 3).splitlines()[3:]] == ["better", "worse", "claim"]
    print("the laws hold")


if __name__ == "__main__":
    main()
