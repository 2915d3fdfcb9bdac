"""What a model says of events, and what it loses on customers held out."""

import numpy as np
import torch
from torch.nn import functional

import measure
import passes
from features import HEADS, HELD_OUT_DRAWS, Windows
from model import ITEM_QUERY_WIDTH, NEXT_ITEM, STATE_WIDTH

PREDICT_WINDOW, PREDICT_BATCH = 256, 256
HELD_OUT_CASES_MIN = 20  # fewer of either class say nothing about a head
HELD_OUT_ITEMS_MAX = 20_000
ITEMS_A_STEP = 2_048


def folded(model, features, sequences):
    """Rows and the states after them, customer by customer from the first event on, as the engine does. To be read without gradients."""
    lengths = np.diff(features.sequence_starts)[sequences].astype(np.int64)
    walk = passes.Walk(Windows(features, sequences, lengths, PREDICT_WINDOW))
    for chosen, rows, valid, before in walk.in_order(PREDICT_BATCH):
        tokens, ids, _ = passes.inputs(features, rows)
        states, last = model.fold(tokens, ids, before)
        walk.keep(chosen, last)
        yield rows[valid], states[torch.from_numpy(valid)]


def read(model, features, rows, states):
    """Logits [N,3] and item queries [N,16] of some rows and the states after them."""
    return model.read(states, torch.from_numpy(np.ascontiguousarray(features.profiles[rows])))


def predict(model, features, sequences=None):
    """Logits [N,3] and item queries [N,16] of every row; zero in the rows of customers that are not among the sequences."""
    sequences = np.arange(len(features.sequence_draws)) if sequences is None else sequences
    logits = np.zeros((len(features.times), len(HEADS)), np.float32)
    queries = np.zeros((len(features.times), ITEM_QUERY_WIDTH), np.float32)
    model.eval()
    with torch.no_grad():
        for rows, states in folded(model, features, sequences):
            some_logits, some_queries = read(model, features, rows, states)
            logits[rows], queries[rows] = some_logits.numpy(), some_queries.numpy()
    return logits, queries


class HeldOut:
    """The known outcomes of the customers held out, within the training time, of each part of the model that has enough of them."""

    def __init__(self, features):
        self.features = features
        self.sequences = np.flatnonzero(features.sequence_draws < HELD_OUT_DRAWS)
        self.cases, self.constants = {}, {}
        for i, head in enumerate(HEADS):
            rows = np.flatnonzero(features.validation[:, i])
            labels = features.labels[rows, i].astype(np.float64)
            if min(labels.sum(), len(labels) - labels.sum()) >= HELD_OUT_CASES_MIN:
                rate = labels.mean()
                self.cases[head], self.constants[head] = rows, -(rate * np.log(rate) + (1 - rate) * np.log(1 - rate))
        counts = np.bincount(features.next_items[features.next_item_train], minlength=1)
        self.candidates = np.flatnonzero(counts)
        self.add_next_items(counts)
        self.rows = np.unique(np.concatenate([*self.cases.values(), np.zeros(0, np.int64)]))
        self.owners = features.owners()

    def add_next_items(self, counts):
        """Next products among those that were learned; knowing nothing is to expect each as often as it was bought or viewed."""
        features = self.features
        asked = (features.next_items > 0) & features.in_train_time & features.row_held_out
        rows = np.flatnonzero(asked & np.isin(features.next_items, self.candidates))
        rows = rows[:: -(-len(rows) // HELD_OUT_ITEMS_MAX) or 1]
        if len(rows) >= HELD_OUT_CASES_MIN and len(self.candidates) > 1:
            self.cases[NEXT_ITEM] = rows
            self.constants[NEXT_ITEM] = float(-np.log(counts[features.next_items[rows]] / counts.sum()).mean())

    def states(self, model):
        """The state after each of `self.rows`."""
        found = torch.zeros(len(self.rows), STATE_WIDTH)
        if len(self.rows) == 0:
            return found
        model.eval()
        with torch.no_grad():
            for rows, states in folded(model, self.features, self.sequences):
                at = np.searchsorted(self.rows, rows).clip(max=len(self.rows) - 1)
                asked = self.rows[at] == rows
                found[torch.from_numpy(at[asked])] = states[torch.from_numpy(asked)]
        return found

    def losses(self, model, states):
        """By part: what the model loses on each case."""
        model.eval()
        found = {}
        with torch.no_grad():
            logits, queries = read(model, self.features, self.rows, states)
            for part, rows in self.cases.items():
                at = torch.from_numpy(np.searchsorted(self.rows, rows))
                if part == NEXT_ITEM:
                    found[part] = self.item_losses(model, queries[at], rows)
                else:
                    i = HEADS.index(part)
                    labels = torch.from_numpy(self.features.labels[rows, i].astype(np.float32))
                    found[part] = functional.binary_cross_entropy_with_logits(logits[at, i], labels, reduction="none").numpy()
        return found

    def item_losses(self, model, queries, rows):
        targets = torch.from_numpy(np.searchsorted(self.candidates, self.features.next_items[rows]))
        candidates = torch.from_numpy(self.candidates)
        parts = [functional.cross_entropy(model.item_scores(queries[at:at + ITEMS_A_STEP], candidates), targets[at:at + ITEMS_A_STEP],
                                          reduction="none") for at in range(0, len(rows), ITEMS_A_STEP)]
        return torch.cat(parts).numpy()

    def ratios(self, losses):
        """By part: mean loss over that of knowing nothing but how often; below 1 is better than that."""
        return {part: float(of.mean() / self.constants[part]) for part, of in losses.items()}

    def gain(self, part, before, after):
        """How much less is lost, over the loss of knowing nothing, and the standard error of it: customers differ, their events less so."""
        difference = (before[part] - after[part]).astype(np.float64) / self.constants[part]
        return measure.mean_and_error(difference, self.owners[self.cases[part]])
