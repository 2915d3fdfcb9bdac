"""Reads the arrays that `insight features` wrote, and says which rows each split may learn from or is judged on."""

import json
from pathlib import Path

import numpy as np

HEADS = ("churn", "abandonment", "purchase")
FORMAT_VERSION = 1

# Shares of each source's time span: train before the first, calibrate between the two, test after the second.
TRAIN_UNTIL, CALIBRATE_UNTIL = 0.5, 0.7

# Customers whose draw (0 to 99, from the hash of their id) lies below this are never trained or calibrated on.
HELD_OUT_DRAWS = 10


class FeatureSet:
    """Every event of every source, in stream order within a source, and the customers' sequences over them."""

    def __init__(self, folder):
        folder = Path(folder)
        try:
            self.description = json.loads((folder / "features.json").read_text())
        except FileNotFoundError:
            raise SystemExit(f"{folder}: holds no features.json, which ends a complete set; write one with: insight features --out DIR")
        found = self.description["format_version"]
        if found != FORMAT_VERSION:
            raise SystemExit(f"{folder}: has format_version {found}, this trainer reads {FORMAT_VERSION}; write the features again")
        arrays = {}
        for array in self.description["arrays"]:
            dtype = np.dtype(array["dtype"]).newbyteorder("<")
            arrays[array["name"]] = np.memmap(folder / array["file"], dtype=dtype, mode="r", shape=tuple(array["shape"]))
        self.tokens, self.ids, self.profiles = arrays["tokens"], arrays["ids"], arrays["profiles"]
        self.times, self.labels, self.next_items = (np.asarray(arrays[name]) for name in ("times", "labels", "next_items"))
        self.sequence_rows, self.sequence_starts = np.asarray(arrays["sequence_rows"]), np.asarray(arrays["sequence_starts"])
        self.sequence_draws = np.asarray(arrays["sequence_draws"])
        self.sources = self.description["sources"]
        horizons = self.description["horizons"]
        hours = (24 * horizons["churn_days"], horizons["abandonment_hours"], horizons["purchase_hours"])
        self.horizons_ms = [int(hour * 3_600_000) for hour in hours]
        self.row_held_out = np.zeros(len(self.times), bool)
        for sequence in np.flatnonzero(self.sequence_draws < HELD_OUT_DRAWS):
            self.row_held_out[self.rows_of(sequence)] = True
        self.split(TRAIN_UNTIL, CALIBRATE_UNTIL)

    def rows_of(self, sequence):
        return self.sequence_rows[self.sequence_starts[sequence]:self.sequence_starts[sequence + 1]]

    def owners(self):
        """Of each row the sequence that it is in."""
        owners = np.zeros(len(self.times), np.int64)
        owners[self.sequence_rows] = np.repeat(np.arange(len(self.sequence_draws)), np.diff(self.sequence_starts))
        return owners

    def source_rows(self, name):
        """Mask of a source's rows."""
        mask = np.zeros(len(self.times), bool)
        for source in self.sources:
            if source["name"] == name:
                mask[source["first_row"]:source["first_row"] + source["rows"]] = True
        return mask

    def split(self, train_until, calibrate_until):
        """Cuts each source at two shares of its span. A label may be used in a split only if its outcome was known when the split ended:
        no split sees into the next."""
        count = len(self.times)
        self.in_train_time, self.in_test_time = np.zeros(count, bool), np.zeros(count, bool)
        self.train, self.calibration, self.test = (np.zeros((count, len(HEADS)), bool) for _ in range(3))
        known = self.labels >= 0
        for source in self.sources:
            rows = slice(source["first_row"], source["first_row"] + source["rows"])
            times = self.times[rows]
            begin, end = int(times[0]), int(times[-1])
            train_end = begin + int(train_until * (end - begin))
            calibration_end = begin + int(calibrate_until * (end - begin))
            self.in_train_time[rows] = times < train_end
            self.in_test_time[rows] = times >= calibration_end
            for head, horizon in enumerate(self.horizons_ms):
                outcome = times + horizon
                self.train[rows, head] = known[rows, head] & (outcome <= train_end) & ~self.row_held_out[rows]
                self.calibration[rows, head] = (
                    known[rows, head] & (times >= train_end) & (outcome <= calibration_end) & ~self.row_held_out[rows])
                self.test[rows, head] = known[rows, head] & (times >= calibration_end)
        self.validation = known & self.in_train_time[:, None] & self.row_held_out[:, None]
        self.next_item_train = (self.next_items > 0) & self.in_train_time & ~self.row_held_out
        self.next_item_test = (self.next_items > 0) & self.in_test_time


class Windows:
    """Windows of consecutive events of some customers. Each window knows which one comes before it, so that a state can be handed on."""

    def __init__(self, features, sequences, lengths, window):
        self.features = features
        counts = -(-lengths // window)
        self.sequence = np.repeat(sequences, counts)
        self.first = np.concatenate([np.arange(count) * window for count in counts])
        self.length = np.minimum(np.repeat(lengths, counts) - self.first, window)
        self.has_before = self.first > 0

    def __len__(self):
        return len(self.sequence)

    def rows(self, chosen):
        """Rows and validity [B,T] of some windows; row 0 stands where nothing is left."""
        rows = np.zeros((len(chosen), int(self.length[chosen].max())), np.int64)
        valid = np.arange(rows.shape[1]) < self.length[chosen][:, None]
        for i, window in enumerate(chosen):
            first, length = self.first[window], self.length[window]
            rows[i, :length] = self.features.rows_of(self.sequence[window])[first:first + length]
        return rows, valid

    def shuffled(self, rng, batch, batches_a_pool=8):
        """Batches in random order. Windows of like length share a batch, within small pools only, so that batches stay alike."""
        order = rng.permutation(len(self))
        for start in range(0, len(order), batch * batches_a_pool):
            pool = order[start:start + batch * batches_a_pool]
            pool = pool[np.argsort(self.length[pool], kind="stable")]
            starts = np.arange(0, len(pool), batch)
            rng.shuffle(starts)
            for at in starts:
                yield pool[at:at + batch]

    def in_order(self, batch):
        """Batches in which every window comes after the one before it."""
        for first in np.unique(self.first):
            chosen = np.flatnonzero(self.first == first)
            chosen = chosen[np.argsort(self.length[chosen], kind="stable")]
            for at in range(0, len(chosen), batch):
                yield chosen[at:at + batch]
