"""Judges recipes of training by several seeds each, on later events: what one seed tells may be its draw."""

import argparse
import dataclasses
import hashlib
import json
from pathlib import Path

import numpy as np
from scipy.stats import t as student

import judge
import measure
import train as trainer
from features import HEADS, FeatureSet
from finetune import fine_tune
from pretrain import pretrain
from scoring import predict
from trials import Settings

CONFIDENCE = 0.95


def recipe_of(text):
    """Name and settings of `NAME: setting=value ...`; what is not named is as in training."""
    name, colon, rest = text.partition(":")
    kinds = {field.name: field.type for field in dataclasses.fields(Settings)}
    chosen = {}
    for word in rest.split():
        key, equals, value = word.partition("=")
        if not equals or key not in kinds:
            raise ValueError(f"--recipe '{text}': '{word}' is no setting; write setting=value with one of {', '.join(kinds)}")
        try:
            chosen[key] = kinds[key](value)
        except ValueError:
            raise ValueError(f"--recipe '{text}': {key} is of type {kinds[key].__name__}, not '{value}'") from None
    if not colon or not name.strip():
        raise ValueError(f"--recipe '{text}': begin with a name and a colon, such as 'no pre-training: pretrain_epochs=0'")
    return name.strip(), Settings(**chosen)


def outcome_of(features, settings, seed):
    """What a run of training says of later events: calibrated probabilities of all heads, and the share of next products by source."""
    start = pretrain(features, seed, settings)[0] if settings.pretrain_epochs > 0 else None
    model = trainer.train(features, seed, settings, start=start)
    fine_tune(model, features, seed, settings)
    logits, queries = predict(model, features)
    calibration = judge.calibrate(features, logits, lambda text: None)
    rng, hits = np.random.default_rng(0), {}
    for source in features.sources:
        found = judge.next_item(features, queries, model, features.source_rows(source["name"]), rng)
        if found is not None:
            hits[source["name"]] = found[0], found[2]
    return {
        "probabilities": np.stack([judge.calibrated(logits, calibration, i) for i in range(len(HEADS))], 1).astype(np.float32),
        "hits": np.array(json.dumps(hits)),
    }


def path_of(folder, features, settings, seed):
    """A run is known by its features, settings and seed."""
    known = json.dumps([features.description["digest"], dataclasses.asdict(settings), seed], sort_keys=True)
    return folder / f"{hashlib.sha256(known.encode()).hexdigest()[:16]}.npz"


def run_all(features, recipes, seeds, folder, tell):
    """By recipe, the outcomes of the seeds; those that lie in the folder are not trained again, so a search can be stopped and go on."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {name: [] for name, _ in recipes}
    # Seed by seed: stopped early, every recipe has as many.
    for seed in range(1, seeds + 1):
        for name, settings in recipes:
            path = path_of(folder, features, settings, seed)
            is_kept = path.exists()
            if not is_kept:
                part = path.with_suffix(".part.npz")
                np.savez_compressed(part, **outcome_of(features, settings, seed))
                part.replace(path)
            with np.load(path) as kept:
                found[name].append({key: kept[key] for key in kept.files})
            tell(f"recipes   seed {seed} of {seeds}: {name}: {'as trained before' if is_kept else 'trained'}")
    return found


def interval(gain, seed_error, case_error, seeds):
    """Half of the width: by Student's distribution of so few seeds, and by customers, who are a draw too."""
    return float(student.ppf(0.5 + CONFIDENCE / 2, seeds - 1) * np.hypot(seed_error, case_error)) if np.isfinite(gain) else float("nan")


def gain_of(base, other, owners):
    """How much less the second loses: mean over the seeds, and half of its interval.

    base, other: losses, [seeds, cases]; equal seeds share nothing but their number, so both draws count.
    """
    difference = base.mean(0) - other.mean(0)
    gain, case_error = measure.mean_and_error(difference, owners)
    seeds = len(base)
    seed_error = float(np.sqrt((base.mean(1).var(ddof=1) + other.mean(1).var(ddof=1)) / seeds))
    return gain, interval(gain, seed_error, case_error, seeds)


def compared(features, found):
    """Rows of source, figure, n, recipe, mean, spread over the seeds, gain over the first recipe and half of its interval."""
    names, owners, rows = list(found), features.owners(), []
    for source in features.sources:
        here = features.source_rows(source["name"])
        for i, head in enumerate(HEADS):
            cases = np.flatnonzero(features.test[:, i] & here)
            labels = features.labels[cases, i]
            if not 0 < labels.sum() < len(labels):
                continue
            losses = {name: np.stack([measure.losses(labels, run["probabilities"][cases, i]) for run in found[name]]) for name in names}
            for name in names:
                each = losses[name].mean(1)
                gain = (None, None) if name == names[0] else gain_of(losses[names[0]], losses[name], owners[cases])
                rows.append((source["name"], f"{head} log loss", len(cases), name, each.mean(), each.std(ddof=1), *gain))
        shares = {name: [json.loads(str(run["hits"])).get(source["name"]) for run in found[name]] for name in names}
        if all(all(of) for of in shares.values()):
            values = {name: np.array([hit for _, hit in of]) for name, of in shares.items()}
            base = values[names[0]]
            for name, each in values.items():
                gain = (None, None)
                if name != names[0]:
                    n, mean = shares[name][0][0], (each.mean() + base.mean()) / 2
                    more = float(each.mean() - base.mean())
                    # The same rows twice, as if they were not: an upper bound of what their draw may do.
                    case_error = np.sqrt(2 * mean * (1 - mean) / n)
                    gain = more, interval(more, np.sqrt((each.var(ddof=1) + base.var(ddof=1)) / len(each)), case_error, len(each))
                rows.append((source["name"], "next product hit@20", shares[name][0][0], name, each.mean(), each.std(ddof=1), *gain))
    return rows


def table(rows, seeds):
    lines = [f"means and spreads of {seeds} seeds; gain over the first recipe, with its {CONFIDENCE:.0%} interval over seeds and customers",
             f"{'source':<18}{'figure':<22}{'n':>9}  {'recipe':<24}{'mean':>9}{'spread':>9}{'gain':>9}{'+-':>9}"]
    for source, figure, n, name, mean, spread, gain, half in rows:
        line = f"{source:<18}{figure:<22}{n:>9,}  {name:<24}{mean:>9.4f}{spread:>9.4f}"
        if gain is not None:
            line += f"{gain:>+9.4f}{half:>9.4f}  {'better' if gain > half else 'worse' if -gain > half else 'no claim'}"
        lines.append(line)
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, epilog="example: recipes.py --features features --work runs --seeds 3 --recipe 'ships: pretrain_epochs=0 "
                                    "finetune_epochs=0' --recipe 'short: pretrain_epochs=2'")
    parser.add_argument("--features", required=True, metavar="DIR", help="arrays written by: insight features")
    parser.add_argument("--work", required=True, metavar="DIR", help="keeps every finished run; started again, it goes on from there")
    parser.add_argument("--seeds", type=int, default=3, help="seeds 1 to N of each recipe (default %(default)s)")
    parser.add_argument("--recipe", action="append", required=True, metavar="'NAME: SETTING=VALUE ...'",
                        help="two or more; the first is what the others are compared with")
    arguments = parser.parse_args()
    if arguments.seeds < 2:
        parser.error(f"--seeds {arguments.seeds}: the spread needs 2 or more")
    try:
        recipes = [recipe_of(text) for text in arguments.recipe]
    except ValueError as problem:
        parser.error(str(problem))
    if len({name for name, _ in recipes}) < max(2, len(recipes)):
        parser.error("--recipe: give two or more, each with a name of its own")

    trainer.repeatable()
    features = FeatureSet(arguments.features)
    if not features.train.any():
        raise SystemExit(trainer.too_short(features))
    print(table(compared(features, run_all(features, recipes, arguments.seeds, Path(arguments.work), trainer.progress)), arguments.seeds))


if __name__ == "__main__":
    main()
