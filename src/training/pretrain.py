"""Pre-training: what a customer does next, when, and with which product. Every event teaches it, whether its outcome is known or not."""

import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional

import passes
from model import ID_BUCKETS, STATE_WIDTH, BehaviourModel
from passes import EarlyStop, Walk, training_windows

KINDS = ID_BUCKETS[0]
# Bounds between the classes of the time to the next event: a minute, ten, an hour, a day, a week, a month.
GAP_BOUNDS_MS = (60_000, 600_000, 3_600_000, 86_400_000, 604_800_000, 2_592_000_000)
LEARNING_RATE, WARM_UP_STEPS = 4e-3, 50


class NextEvent(nn.Module):
    """Kind of the next event and time to it, from the state alone, so that the state has to know them. Not kept."""

    def __init__(self):
        super().__init__()
        self.outputs = nn.Linear(STATE_WIDTH, KINDS + len(GAP_BOUNDS_MS) + 1)

    def loss(self, states, kinds, gaps):
        """Cross entropies of both, averaged over the events whose next one is known (kind 0 and up)."""
        known = kinds >= 0
        if not known.any():
            return states.sum() * 0
        found = self.outputs(states[known])
        return functional.cross_entropy(found[:, :KINDS], kinds[known]) + functional.cross_entropy(found[:, KINDS:], gaps[known])


def targets(features):
    """Of each row: kind of the customer's next event and class of the time to it; -1 where the training time ends before."""
    kinds, gaps = (np.full(len(features.times), -1, np.int64) for _ in range(2))
    rows = features.sequence_rows
    owner = np.repeat(np.arange(len(features.sequence_draws)), np.diff(features.sequence_starts))
    follows = (owner[1:] == owner[:-1]) & features.in_train_time[rows[1:]]
    now, later = rows[:-1][follows], rows[1:][follows]
    kinds[now] = features.ids[later, 0]
    gaps[now] = np.digitize(features.times[later] - features.times[now], GAP_BOUNDS_MS)
    return kinds, gaps


class Phase:
    """The model and the guesses of its next event over the training time of some arrays."""

    def __init__(self, features, model):
        self.features, self.model, self.guess = features, model, NextEvent()
        self.kinds, self.gaps = targets(features)
        self.popularity = passes.item_popularity(features)
        self.next_known = (features.next_items > 0) & features.in_train_time

    def loss(self, rows, valid, before, rng, forget_ids):
        tokens, ids, profile = passes.inputs(self.features, rows)
        states, last = self.model.fold(tokens, passes.hide_ids(ids, forget_ids, rng), before)
        _, queries = self.model.read(states, profile)
        kinds, gaps = torch.from_numpy(np.where(valid, self.kinds[rows], -1)), torch.from_numpy(self.gaps[rows])
        found = self.guess.loss(functional.dropout(states, self.model.state_dropout, self.model.training), kinds, gaps)
        usable = (self.next_known[rows] & valid).reshape(-1)
        return found + passes.next_item_loss(self.model, self.features, queries, rows, usable, rng, self.popularity), last

    def judge(self, windows, seed):
        """Mean loss an event on customers held out."""
        rng, walk = np.random.default_rng(seed), Walk(windows)
        total = events = 0
        self.model.eval()
        with torch.no_grad():
            for chosen, rows, valid, before in walk.in_order(passes.BATCH):
                loss, last = self.loss(rows, valid, before, rng, 0)
                walk.keep(chosen, last)
                total, events = total + loss.item() * valid.sum(), events + valid.sum()
        return total / events


def pretrain(features, seed, settings, tell=lambda text: None):
    """Weights of the best pass, and the loss on customers held out after each. Without such customers all passes are made."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = BehaviourModel(*passes.profile_scale(features), state_dropout=settings.state_dropout)
    phase = Phase(features, model)
    walk, held_out = Walk(training_windows(features)), training_windows(features, held_out=True)
    optimizer = torch.optim.Adam([*model.parameters(), *phase.guess.parameters()], lr=LEARNING_RATE)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1, (step + 1) / WARM_UP_STEPS))
    stop, losses, started = EarlyStop(settings.patience), [], time.monotonic()

    def loss_of(rows, valid, before):
        return phase.loss(rows, valid, before, rng, settings.forget_ids)

    for number in range(settings.pretrain_epochs):
        model.train()
        passes.learn(walk, rng, settings.forget_state, loss_of, optimizer, schedule)
        if held_out is None or settings.patience == 0:
            continue
        losses.append(phase.judge(held_out, seed))
        left = (time.monotonic() - started) / (number + 1) * (settings.pretrain_epochs - number - 1)
        tell(f"pretrain  pass {number + 1}/{settings.pretrain_epochs}: loss of the next event on customers held out {losses[-1]:.4f}; "
             f"at most {left:.0f} s left")
        if stop.is_over(losses[-1], model):
            break
    return stop.best or model.state_dict(), losses
