"""What every way of training does: walk over windows of customers' events, and rank the next product."""

import copy
import math

import numpy as np
import torch
from torch.nn import functional

from features import HELD_OUT_DRAWS, Windows
from model import ITEM_QUERY_WIDTH, STATE_WIDTH

WINDOW, BATCH = 64, 128
NEXT_ITEMS_A_STEP = 1024


def inputs(features, rows):
    """Model inputs of a window of rows [B,W]."""
    tokens = torch.from_numpy(np.ascontiguousarray(features.tokens[rows]))
    ids = torch.from_numpy(features.ids[rows].astype(np.int64))
    profile = torch.from_numpy(np.ascontiguousarray(features.profiles[rows]))
    return tokens, ids, profile


def hide_ids(ids, share, rng):
    """The ids, a share of them unknown: other shops sell other things. What kind of event it was stays."""
    hidden = torch.from_numpy(rng.random(ids.shape) < share)
    hidden[..., 0] = False
    return ids.masked_fill(hidden, 0)


def training_windows(features, held_out=False):
    """Windows of the customers in the training time: without those held out, or of those alone."""
    counts = np.diff(features.sequence_starts)
    owner = np.repeat(np.arange(len(counts)), counts)
    lengths = np.bincount(owner[features.in_train_time[features.sequence_rows]], minlength=len(counts))
    chosen = np.flatnonzero((lengths >= 2) & ((features.sequence_draws < HELD_OUT_DRAWS) == held_out))
    if len(chosen) == 0:
        if held_out:
            return None
        raise SystemExit("no customer has two events in the training time; write features of more days or customers")
    return Windows(features, chosen, lengths[chosen], WINDOW)


class Walk:
    """Batches of windows, each window with the state after the one before it, as far as that was kept."""

    def __init__(self, windows):
        self.windows = windows
        # One more row that stays zero, for those that begin.
        self.states = torch.zeros(len(windows) + 1, STATE_WIDTH)

    def in_order(self, batch):
        """Windows, rows, validity and states; every window comes after the one before it."""
        for chosen in self.windows.in_order(batch):
            yield chosen, *self.windows.rows(chosen), self.before(chosen, self.windows.has_before[chosen])

    def shuffled(self, rng, forget_state):
        """The same in random order: states are those of the last pass. A share of the windows starts from nothing, as after a change of
        model."""
        for chosen in self.windows.shuffled(rng, BATCH):
            carried = self.windows.has_before[chosen] & (rng.random(len(chosen)) >= forget_state)
            yield chosen, *self.windows.rows(chosen), self.before(chosen, carried)

    def before(self, chosen, carried):
        return self.states[torch.from_numpy(np.where(carried, chosen - 1, len(self.windows)))]

    def fill(self, model):
        """The states after all windows, so that the first pass does not begin from nothing."""
        with torch.no_grad():
            for chosen, rows, _, before in self.in_order(BATCH):
                tokens, ids, _ = inputs(self.windows.features, rows)
                self.keep(chosen, model.fold(tokens, ids, before)[1])

    def keep(self, chosen, last):
        self.states[torch.from_numpy(chosen)] = last.detach()


def learn(walk, rng, forget_state, loss_of, optimizer, schedule, longest=1.0):
    """One pass, a step of the optimizer a batch; answers the losses. `loss_of` rows, validity and states: the loss and the last states.
    Gradients are cut to the length `longest`; None: as they are."""
    losses, parameters = [], [one for group in optimizer.param_groups for one in group["params"]]
    for chosen, rows, valid, before in walk.shuffled(rng, forget_state):
        loss, last = loss_of(rows, valid, before)
        optimizer.zero_grad()
        loss.backward()
        if longest is not None:
            torch.nn.utils.clip_grad_norm_(parameters, longest)
        optimizer.step()
        schedule.step()
        walk.keep(chosen, last)
        losses.append(loss.item())
    return losses


class EarlyStop:
    """Keeps the weights of the pass with the least loss, and says when the passes after it have gained nothing."""

    def __init__(self, patience):
        self.patience, self.best, self.least, self.since = patience, None, math.inf, 0

    def is_over(self, loss, model):
        if loss < self.least:
            self.best, self.least, self.since = copy.deepcopy(model.state_dict()), loss, 0
        else:
            self.since += 1
        return self.since >= self.patience


def profile_scale(features):
    """Mean and spread of the profile features over the training time; the export folds both into the weights."""
    rows = np.flatnonzero(features.in_train_time & ~features.row_held_out)
    rows = rows[:: max(1, len(rows) // 200_000)]
    profiles = features.profiles[rows].astype(np.float64)
    return profiles.mean(0), np.maximum(profiles.std(0), 1e-3)


def item_popularity(features):
    """Share of each item bucket among the next products, never quite 0 or 1."""
    counts = np.bincount(features.next_items[features.next_item_train], minlength=4096).astype(np.float64)
    return (counts + 1) / (counts.sum() + 4096)


def next_item_loss(model, features, queries, rows, usable, rng, popularity):
    """Softmax over the products that this step's customers looked at next, corrected for how likely each is among them."""
    chosen = np.flatnonzero(usable)
    if len(chosen) < 2:
        return queries.sum() * 0
    if len(chosen) > NEXT_ITEMS_A_STEP:
        chosen = rng.choice(chosen, NEXT_ITEMS_A_STEP, replace=False)
    targets = features.next_items[rows.reshape(-1)[chosen]].astype(np.int64)
    candidates, position = np.unique(targets, return_inverse=True)
    scores = model.item_scores(queries.reshape(-1, ITEM_QUERY_WIDTH)[torch.from_numpy(chosen)], torch.from_numpy(candidates))
    among_them = np.log(-np.expm1(len(targets) * np.log1p(-popularity[candidates])))
    return functional.cross_entropy(scores - torch.from_numpy(among_them.astype(np.float32)), torch.from_numpy(position))


class OutcomeLoss:
    """What a step loses on outcomes and next products. Outcomes are summed over the rows that have one, in units of what a step has on
    average: every row weighs the same, in whichever batch it is."""

    def __init__(self, features, windows, settings):
        self.features, self.settings = features, settings
        self.popularity = item_popularity(features)
        steps = -(-len(windows) // BATCH)
        self.rows_a_step = torch.from_numpy(np.maximum(1, features.train.sum(0) / steps).astype(np.float32))

    def of(self, model, rows, valid, state, rng):
        """The loss, and the state after the rows."""
        features = self.features
        tokens, ids, profile = inputs(features, rows)
        logits, queries, last = model(tokens, hide_ids(ids, self.settings.forget_ids, rng), profile, state)
        labels = torch.from_numpy(features.labels[rows].astype(np.float32))
        weights = torch.from_numpy((features.train[rows] & valid[..., None]).astype(np.float32))
        each = functional.binary_cross_entropy_with_logits(logits, labels.clamp(min=0), reduction="none")
        loss = ((each * weights).sum((0, 1)) / self.rows_a_step).sum()
        usable = (features.next_item_train[rows] & valid).reshape(-1)
        items = next_item_loss(model, features, queries, rows, usable, rng, self.popularity)
        return loss + self.settings.next_item_weight * items, last
