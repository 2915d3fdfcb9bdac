"""Laws of pre-training and of early stopping, on the arrays of the folder given. Ends with 0 when all of them hold."""

import sys
from dataclasses import replace

import numpy as np
import torch

import pretrain
import train as trainer
from features import FeatureSet
from passes import EarlyStop
from trials import Settings

SEED = 5


def same(one, other):
    return all(torch.equal(one[name], other[name]) for name in one)


def main():
    trainer.repeatable()
    features, settings = FeatureSet(sys.argv[1]), Settings(epochs=1, pretrain_epochs=3)

    first, losses = pretrain.pretrain(features, SEED, settings)
    assert len(losses) == 3 and min(losses[1:]) < losses[0], "passes over the next event teach nothing about it"
    kinds, gaps = pretrain.targets(features)
    later = np.flatnonzero(~features.in_train_time)
    assert (kinds[later] == -1).all() and (kinds >= 0).any() and ((gaps >= 0) == (kinds >= 0)).all(), "the training time is left"

    # Outcomes are not known to it, nor what comes after the training time, nor who is held out.
    features.labels = 1 - features.labels
    features.next_items = np.where(features.in_train_time, features.next_items, 1 + features.next_items % 7)
    features.ids = np.array(features.ids)
    features.ids[later] = 1
    again, losses_again = pretrain.pretrain(features, SEED, settings)
    assert same(first, again) and losses == losses_again, "the same events do not give the same weights, or others are read"
    features = FeatureSet(sys.argv[1])
    features.tokens = np.array(features.tokens)
    features.tokens[features.row_held_out] = 0
    assert same(pretrain.pretrain(features, SEED, replace(settings, patience=0))[0],
                pretrain.pretrain(FeatureSet(sys.argv[1]), SEED, replace(settings, patience=0))[0]), "customers held out are learned from"

    features = FeatureSet(sys.argv[1])
    plain = trainer.train(features, SEED, settings).state_dict()
    assert not same(plain, trainer.train(features, SEED, settings, start=first).state_dict()), "the heads do not begin with its weights"

    model, stop = torch.nn.Linear(1, 1, bias=False), EarlyStop(patience=2)
    for loss, is_over in ((3.0, False), (1.0, False), (2.0, False), (1.0, True)):
        model.weight.data.fill_(loss)
        assert stop.is_over(loss, model) == is_over, "it does not end after two passes without a gain"
        model.weight.data.fill_(-1)
    assert stop.best["weight"].item() == 1.0, "the weights of the best pass are not kept"
    print("the laws hold")


if __name__ == "__main__":
    main()
