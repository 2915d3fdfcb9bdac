"""What pre-training is worth: trains with and without it, by several seeds, and compares both on later events."""

import argparse
from dataclasses import replace

import numpy as np

import judge
import measure
import train as trainer
from features import HEADS, FeatureSet
from pretrain import pretrain
from trials import Settings


def figures(features, model):
    """By source and head: cases and AUC on later events; and the share of next products among the first 20."""
    logits, queries = trainer.predict(model, features)
    found, rng = {}, np.random.default_rng(0)
    for source in features.sources:
        here = features.source_rows(source["name"])
        for i, head in enumerate(HEADS):
            rows = np.flatnonzero(features.test[:, i] & here)
            labels = features.labels[rows, i]
            if 0 < labels.sum() < len(labels):
                found[source["name"], f"{head} AUC"] = len(rows), measure.auc(labels, logits[rows, i])
        next_items = judge.next_item(features, queries, model, here, rng)
        if next_items is not None:
            found[source["name"], "next product hit@20"] = next_items[0], next_items[2]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--features", required=True, metavar="DIR", help="arrays written by: insight features")
    parser.add_argument("--seeds", type=int, default=3, help="seeds 1 to N (default %(default)s)")
    arguments = parser.parse_args()
    if arguments.seeds < 2:
        parser.error(f"--seeds {arguments.seeds}: the spread needs 2 or more")

    trainer.repeatable()
    features, settings = FeatureSet(arguments.features), Settings()
    without, with_it = [], []
    for seed in range(1, arguments.seeds + 1):
        without.append(figures(features, trainer.train(features, seed, replace(settings, pretrain_epochs=0))))
        start, _ = pretrain(features, seed, settings)
        with_it.append(figures(features, trainer.train(features, seed, settings, start=start)))
        trainer.progress(f"gain      seed {seed} of {arguments.seeds}")
    print(f"{'source':<18}{'figure':<22}{'n':>9}{'without':>10}{'with':>10}{'gain':>10}{'sd of the gain over seeds':>28}")
    for source, name in without[0]:
        n, _ = without[0][source, name]
        before, after = (np.array([run[source, name][1] for run in runs]) for runs in (without, with_it))
        gain = after - before
        print(f"{source:<18}{name:<22}{n:>9,}{before.mean():>10.4f}{after.mean():>10.4f}{gain.mean():>+10.4f}{gain.std(ddof=1):>28.4f}")


if __name__ == "__main__":
    main()
