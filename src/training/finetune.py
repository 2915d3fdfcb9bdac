"""Fine-tuning: over a shared body that stays as it is, every part of the model learns its own outcome alone.

The body, recurrent and hidden layer, was learned for all outcomes together, and training ended where their mean was best: a compromise.
Each part owns its rows of the last layer, so one walk over the events teaches all of them, and each keeps the weights of its own best pass,
or those it had before.
"""

import math
import time

import numpy as np
import torch

from model import PART_OUTPUTS, PARTS
from passes import BATCH, OutcomeLoss, Walk, learn, training_windows
from scoring import HeldOut

# Of the learning rate of the phase before: the parts are near to where they should be.
RATE = 0.25


def weights_of(model, part):
    """Copies of what a part owns: its rows of the last layer."""
    rows = PART_OUTPUTS[PARTS.index(part)]
    return [of[rows].detach().clone() for of in (model.outputs.weight, model.outputs.bias)]


def set_weights(model, part, weights):
    rows = PART_OUTPUTS[PARTS.index(part)]
    with torch.no_grad():
        for of, own in zip((model.outputs.weight, model.outputs.bias), weights):
            of[rows] = own


class Best:
    """The least mean loss of a part on customers held out, and the weights that had it."""

    def __init__(self):
        self.losses, self.weights, self.passes, self.since = None, None, 0, 0

    def offer(self, losses, weights, number):
        if self.losses is None or losses.mean() < self.losses.mean():
            self.losses, self.weights, self.passes, self.since = losses, weights, number, 0
        else:
            self.since += 1


def fine_tune(model, features, seed, settings, tell=lambda text: None):
    """Tunes the model's parts, and answers what became of each that has enough cases: its loss on customers held out, over that of knowing
    nothing, before and after, and which of both was kept. A part is kept as tuned where it gains more than one standard error."""
    held = HeldOut(features)
    if not held.cases or settings.finetune_epochs == 0:
        return []
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    walk = Walk(training_windows(features))
    walk.fill(model)
    outcome = OutcomeLoss(features, walk.windows, settings)
    body = [weight for layer in (model.embedding, model.gru, model.hidden) for weight in layer.parameters()]
    for weight in body:
        weight.requires_grad_(False)
    optimizer = torch.optim.Adam(model.outputs.parameters(), lr=RATE * settings.learning_rate)
    total = settings.finetune_epochs * -(-len(walk.windows) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 0.5 * (1 + math.cos(math.pi * min(1, step / total))))
    states = held.states(model)
    before = held.losses(model, states)
    joint = {part: weights_of(model, part) for part in PARTS}
    best, started = {part: Best() for part in before}, time.monotonic()

    def loss_of(rows, valid, before):
        return outcome.of(model, rows, valid, before, rng)

    for number in range(1, settings.finetune_epochs + 1):
        model.train()
        # Cut together, the gradient of one part would shorten the step of another.
        learn(walk, rng, settings.forget_state, loss_of, optimizer, schedule, longest=None)
        for part, found in held.losses(model, states).items():
            best[part].offer(found, weights_of(model, part), number)
        shown = "  ".join(f"{part} {best[part].losses.mean() / held.constants[part]:.4f}" for part in best)
        left = (time.monotonic() - started) / number * (settings.finetune_epochs - number)
        tell(f"finetune  pass {number}/{settings.finetune_epochs}: on customers held out, over that of knowing nothing, at best: {shown}; "
             f"at most {left:.0f} s left")
        if all(of.since >= settings.patience > 0 for of in best.values()):
            break
    for weight in body:
        weight.requires_grad_(True)
    told = []
    for part in PARTS:
        if part not in best:
            set_weights(model, part, joint[part])
            continue
        after = {part: best[part].losses}
        gain, error = held.gain(part, before, after)
        is_kept = gain > error
        set_weights(model, part, best[part].weights if is_kept else joint[part])
        told.append({
            "head": part, "n": len(held.cases[part]), "joint": float(before[part].mean() / held.constants[part]),
            "tuned": float(best[part].losses.mean() / held.constants[part]), "gain_error": error, "passes": best[part].passes,
            "kept": "tuned" if is_kept else "joint"})
    return told
