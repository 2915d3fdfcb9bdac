"""The behaviour model: one recurrent step an event, and small heads over its state and the customer's profile."""

import torch
from torch import nn
from torch.nn import functional

TOKEN_FEATURES, TOKEN_IDS, PROFILE_FEATURES, STATE_WIDTH, ITEM_QUERY_WIDTH = 16, 4, 64, 64, 16
ID_BUCKETS = (32, 512, 256, 4096)  # kind, category, brand, item
EMBEDDING_WIDTH = 16  # the same for every id, so that one table and one look-up serve all four
HEADS = 3  # churn, abandonment, purchase
HEAD_WIDTH = 48
# What the outputs are for, and which of them each part owns.
NEXT_ITEM = "next_item"
PARTS = ("churn", "abandonment", "purchase", NEXT_ITEM)
PART_OUTPUTS = (*(slice(i, i + 1) for i in range(HEADS)), slice(HEADS, HEADS + ITEM_QUERY_WIDTH))


class BehaviourModel(nn.Module):
    """Same names and shapes as the exported graphs. Every id has its own stretch of one embedding table."""

    def __init__(self, profile_mean=None, profile_spread=None, state_dropout=0.3):
        super().__init__()
        mean, spread = torch.zeros(PROFILE_FEATURES), torch.ones(PROFILE_FEATURES)
        self.register_buffer("profile_mean", mean if profile_mean is None else torch.as_tensor(profile_mean, dtype=torch.float32))
        self.register_buffer("profile_spread", spread if profile_spread is None else torch.as_tensor(profile_spread, dtype=torch.float32))
        self.state_dropout = state_dropout
        self.embedding = nn.Embedding(sum(ID_BUCKETS), EMBEDDING_WIDTH)
        offsets = [sum(ID_BUCKETS[:i]) for i in range(TOKEN_IDS)]
        self.register_buffer("offsets", torch.tensor(offsets))
        self.gru = nn.GRU(TOKEN_FEATURES + TOKEN_IDS * EMBEDDING_WIDTH, STATE_WIDTH, batch_first=True)
        self.hidden = nn.Linear(STATE_WIDTH + PROFILE_FEATURES, HEAD_WIDTH)
        self.outputs = nn.Linear(STATE_WIDTH + PROFILE_FEATURES + HEAD_WIDTH, HEADS + ITEM_QUERY_WIDTH)
        # Small, so that a product or category that was never trained on moves the state little.
        nn.init.normal_(self.embedding.weight, std=0.05)

    @property
    def item_offset(self):
        return int(self.offsets[3])

    def forward(self, tokens, ids, profile, state):
        """tokens [B,T,16], ids [B,T,4], profile [B,T,64], state [B,64] -> logits [B,T,3], item queries [B,T,16], last state [B,64]."""
        states, last = self.fold(tokens, ids, state)
        return *self.read(states, profile), last

    def fold(self, tokens, ids, state):
        """The state after each event [B,T,64], and the last one [B,64]."""
        embedded = self.embedding(ids + self.offsets).flatten(2)
        states, last = self.gru(torch.cat([tokens, embedded], -1), state[None])
        return states, last[0]

    def read(self, states, profile):
        """Logits [B,T,3] and item queries [B,T,16] of states and profiles."""
        remembered = functional.dropout(states, self.state_dropout, self.training)
        known = torch.cat([remembered, (profile - self.profile_mean) / self.profile_spread], -1)
        # The outputs also see their inputs directly: what is linear in the profile need not pass through the hidden layer.
        outputs = self.outputs(torch.cat([known, torch.relu(self.hidden(known))], -1))
        return outputs[..., :HEADS], outputs[..., HEADS:]

    def item_scores(self, queries, buckets):
        """Dot products of some queries with the rows of some item buckets."""
        return queries @ self.embedding(buckets + self.item_offset).T
