"""What pre-training is worth, and tuning each head alone after it: trains by several seeds, and compares on later events."""

import argparse
from dataclasses import replace

import numpy as np

import judge
import measure
import train as trainer
from features import HEADS, FeatureSet
from finetune import fine_tune
from pretrain import pretrain
from scoring import predict
from trials import Settings


def figures(features, model):
    """By source and head: cases and AUC on later events; and the share of next products among the first 20."""
    logits, queries = predict(model, features)
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


def compared(features, seeds, tell=lambda text: None):
    """By source and figure: cases, and the values of each seed without pre-training, with it, and tuned alone after that."""
    settings, runs = Settings(), []
    for seed in range(1, seeds + 1):
        plain = figures(features, trainer.train(features, seed, replace(settings, pretrain_epochs=0)))
        model = trainer.train(features, seed, settings, start=pretrain(features, seed, settings)[0])
        joint = figures(features, model)
        fine_tune(model, features, seed, settings)
        runs.append((plain, joint, figures(features, model)))
        tell(f"gain      seed {seed} of {seeds}")
    return {key: (n, np.array([[way[key][1] for way in run] for run in runs]).T) for key, (n, _) in runs[0][0].items()}


def table(found):
    """A line for each figure: means over the seeds, the gains of both phases, and how far the gains spread from seed to seed."""
    lines = [f"{'source':<18}{'figure':<22}{'n':>9}{'without':>9}{'with':>9}{'tuned':>9}"
             f"{'gain':>9}{'spread':>9}{'by tuning':>11}{'spread':>9}"]
    for (source, name), (n, values) in found.items():
        gains = np.diff(values, axis=0)
        means, gain, spread = values.mean(1), gains.mean(1), gains.std(1, ddof=1)
        lines.append(f"{source:<18}{name:<22}{n:>9,}" + "".join(f"{mean:>9.4f}" for mean in means)
                     + f"{gain[0]:>+9.4f}{spread[0]:>9.4f}{gain[1]:>+11.4f}{spread[1]:>9.4f}")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--features", required=True, metavar="DIR", help="arrays written by: insight features")
    parser.add_argument("--seeds", type=int, default=3, help="seeds 1 to N (default %(default)s)")
    arguments = parser.parse_args()
    if arguments.seeds < 2:
        parser.error(f"--seeds {arguments.seeds}: the spread needs 2 or more")

    trainer.repeatable()
    features = FeatureSet(arguments.features)
    if not features.train.any():
        raise SystemExit(trainer.too_short(features))
    print(table(compared(features, arguments.seeds, trainer.progress)))


if __name__ == "__main__":
    main()
