"""Laws of fine-tuning each head alone, on the arrays of the folder given. Ends with 0 when all of them hold."""

import copy
import sys

import numpy as np
import torch

import finetune
import train as trainer
from features import HEADS, FeatureSet
from model import NEXT_ITEM, PARTS
from scoring import HeldOut, predict
from trials import Settings

SEED = 5


def same(one, other):
    return all(torch.equal(a, b) for a, b in zip(one, other))


def tuned(features, model, settings):
    model = copy.deepcopy(model)
    return model, finetune.fine_tune(model, features, SEED, settings)


def read_only_their_own(model):
    """Whether no part's answer moves with the weights of another."""
    known = torch.randn(3, 64), torch.randn(3, 64)
    model.eval()
    with torch.no_grad():
        before = model.read(*known)
        moved = copy.deepcopy(model)
        finetune.set_weights(moved, "abandonment", [torch.randn_like(one) for one in finetune.weights_of(model, "abandonment")])
        after = moved.read(*known)
    others = [i for i, head in enumerate(HEADS) if head != "abandonment"]
    return torch.equal(before[0][:, others], after[0][:, others]) and torch.equal(before[1], after[1]) and not torch.equal(
        before[0], after[0])


def main():
    trainer.repeatable()
    features, settings = FeatureSet(sys.argv[1]), Settings(epochs=1, pretrain_epochs=0, finetune_epochs=3)
    joint = trainer.train(features, SEED, settings)
    assert read_only_their_own(joint), "a part reads another's weights"

    after, told = tuned(features, joint, settings)
    assert [one["head"] for one in told] and {one["head"] for one in told} <= set(PARTS), "nothing was tuned"
    for layer in ("embedding", "gru", "hidden"):
        assert same(getattr(joint, layer).parameters(), getattr(after, layer).parameters()), f"{layer}, which all share, moved"
    assert all(weight.requires_grad for weight in after.parameters()), "what all share stays frozen"

    # What is told is what the models lose, and what is kept is what is told.
    held = HeldOut(features)
    before, now = (held.ratios(held.losses(one, held.states(one))) for one in (joint, after))
    kept = {one["head"]: one for one in told}
    assert any(one["kept"] == "tuned" for one in told), "after a single pass together no head gains by passes alone"
    for part in PARTS:
        weights = finetune.weights_of(joint, part), finetune.weights_of(after, part)
        is_tuned = part in kept and kept[part]["kept"] == "tuned"
        assert same(*weights) != is_tuned, f"{part}: the weights are not those that were kept"
        if part not in kept:
            continue
        one = kept[part]
        assert abs(one["joint"] - before[part]) < 1e-6 and abs(now[part] - one["tuned" if is_tuned else "joint"]) < 1e-6, part
        assert is_tuned == (one["joint"] - one["tuned"] > one["gain_error"] > 0), f"{part}: kept without a gain beyond its error"

    again, told_again = tuned(features, joint, settings)
    assert told == told_again and same(after.parameters(), again.parameters()), "the same events do not give the same weights"
    assert tuned(features, joint, Settings(finetune_epochs=0))[1] == [], "--finetune 0 tunes"

    nobody = FeatureSet(sys.argv[1])
    nobody.validation[:] = False
    nobody.next_items = np.where(nobody.row_held_out, 0, nobody.next_items)
    left, told = tuned(nobody, joint, settings)
    assert told == [] and same(joint.parameters(), left.parameters()), "a head without cases to judge it by is tuned"

    # Both losses, worked out in the plain way.
    logits, queries = predict(joint, features)
    rows = held.cases[NEXT_ITEM]
    items = joint.embedding.weight.detach().numpy()[held.candidates + joint.item_offset].astype(np.float64)
    scores = queries[rows].astype(np.float64) @ items.T
    own = scores[np.arange(len(rows)), np.searchsorted(held.candidates, features.next_items[rows])]
    counts = np.bincount(features.next_items[features.next_item_train])
    popular = -np.log(counts[features.next_items[rows]] / counts.sum()).mean()
    assert abs(before[NEXT_ITEM] - (np.log(np.exp(scores).sum(1)) - own).mean() / popular) < 1e-5, "the loss of the next product"
    rows = held.cases["purchase"]
    labels, rate = features.labels[rows, 2].astype(np.float64), features.labels[rows, 2].mean()
    chance = 1 / (1 + np.exp(-logits[rows, 2].astype(np.float64)))
    lost = -np.where(labels == 1, np.log(chance), np.log(1 - chance)).mean()
    constant = -(rate * np.log(rate) + (1 - rate) * np.log(1 - rate))
    assert abs(before["purchase"] - lost / constant) < 1e-5, "the loss of a head"
    print("the laws hold")


if __name__ == "__main__":
    main()
