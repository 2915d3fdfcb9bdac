"""Laws of federated averaging, on the arrays of the two folders given. Ends with 0 when all of them hold."""

import argparse
import sys

import numpy as np
import torch

import federated
import train as trainer
from features import FeatureSet
from trials import Settings

SEED = 5


def asked(**given):
    return argparse.Namespace(**{"rounds": 1, "clip": 0.0, "noise": 0.0, "participation": 1.0, **given})


def run(shops, start, names, settings, **given):
    rng = np.random.default_rng(1)
    return federated.rounds_of(shops, start, names, settings, asked(**given), SEED, rng, rng, lambda line: None)


def same(one, other):
    return all(torch.equal(one[name], other[name]) for name in one)


def main():
    first, second = sys.argv[1:]
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    settings = Settings(epochs=1)
    public = FeatureSet(first)
    start, scale = federated.start_of(public, SEED, settings, "all")
    names = federated.shared_names(start, "all")
    shop, other = federated.Shop(first, scale), federated.Shop(second, scale)

    plain = trainer.train(shop.features, SEED, settings, start=start, scale=scale).state_dict()
    alone = run([shop], start, names, settings)
    assert not same(alone, start), "nothing was learned"
    assert same(alone, plain), "one shop without clip and noise is not plain training"
    assert same(run([shop, federated.Shop(first, scale)], start, names, settings), plain), "equal shards do not average to themselves"

    theirs = trainer.train(other.features, SEED, settings, start=start, scale=scale).state_dict()
    both = run([shop, other], start, names, settings)
    for name in names:
        mean = (plain[name].double() + theirs[name].double()) / 2
        assert torch.allclose(both[name].double(), mean, atol=1e-6), f"{name} is not the mean of both shops' own"

    heads = federated.shared_names(start, "heads")
    kept = run([shop, other], start, heads, settings)
    assert all(torch.equal(kept[name], start[name]) == (name not in heads) for name in names), "other weights than the shared ones moved"

    change = shop.update(start, names, settings, SEED, None)
    cut = shop.update(start, names, settings, SEED, 0.25)
    assert np.linalg.norm(change) > 0.25 and abs(np.linalg.norm(cut) - 0.25) < 1e-9, "a change is longer than the clip"
    assert np.allclose(cut / 0.25, change / np.linalg.norm(change)), "the clip turned a change"
    assert np.array_equal(federated.cut(cut, 1.0), cut), "a short change was cut"

    zeros = [np.zeros(200_000)]
    noise = federated.average(zeros, 4, 2.0, 3.0, np.random.default_rng(1))
    assert abs(noise.std() / (3.0 * 2.0 / 4) - 1) < 0.01, "the noise is not its share of the clip over the expected shops"
    assert np.array_equal(federated.average([change, change], 4, None, 0.0, None), change / 2), "not over the expected number of shops"
    print("the laws hold")


if __name__ == "__main__":
    main()
