"""Writes step.onnx, fold.onnx and model.json from what train.py left: the two graphs share their weights and their meaning."""

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from features import HEADS
from model import EMBEDDING_WIDTH, ITEM_QUERY_WIDTH, PROFILE_FEATURES, STATE_WIDTH, TOKEN_FEATURES, TOKEN_IDS

OPSET = 17
GRAPH_BYTES_MAX = 1_500_000


class Graph:
    """Nodes and constants of one graph, in order."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def add(self, operator, inputs, outputs, **attributes):
        outputs = [outputs] if isinstance(outputs, str) else outputs
        self.nodes.append(helper.make_node(operator, inputs, outputs, name="/".join([operator, *outputs]), **attributes))
        return outputs[0]

    def constant(self, name, value):
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def heads(self, weights, state):
        """All outputs by one matrix product over state, profile and hidden layer, cut into the named ones."""
        known = self.add("Concat", [state, "profile"], "known", axis=-1)
        hidden = self.add("Gemm", [known, self.constant("hidden_weight", weights["hidden.weight"].T),
                                   self.constant("hidden_bias", weights["hidden.bias"])], "hidden_sum")
        hidden = self.add("Relu", [hidden], "hidden")
        every = self.add("Concat", [known, hidden], "known_and_hidden", axis=-1)
        outputs = self.add("Gemm", [every, self.constant("output_weight", weights["outputs.weight"].T),
                                    self.constant("output_bias", weights["outputs.bias"])], "outputs")
        sizes = self.constant("output_sizes", np.array([1, 1, 1, ITEM_QUERY_WIDTH], np.int64))
        self.add("Split", [outputs, sizes], [*HEADS, "item_query"], axis=-1)

    def model(self, name, inputs):
        outputs = [tensor("state_out", ["B", STATE_WIDTH]), *(tensor(head, ["B", 1]) for head in HEADS),
                   tensor("item_query", ["B", ITEM_QUERY_WIDTH])]
        graph = helper.make_graph(self.nodes, name, inputs, outputs, self.constants)
        model = helper.make_model(graph, producer_name="realtime-insight", opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = 8
        onnx.checker.check_model(model, full_check=True)
        return model.SerializeToString(deterministic=True)


def fold_profile_scale(weights):
    """Layers over the plain profile instead of the centred and scaled one: w (x - m) / s + b = (w / s) x + (b - w m / s)."""
    folded = dict(weights)
    profile = slice(STATE_WIDTH, STATE_WIDTH + PROFILE_FEATURES)
    for layer in ("hidden", "outputs"):
        weight, bias = weights[f"{layer}.weight"].astype(np.float64), weights[f"{layer}.bias"].astype(np.float64)
        weight[:, profile] /= weights["profile_spread"]
        bias -= weight[:, profile] @ weights["profile_mean"].astype(np.float64)
        folded[f"{layer}.weight"], folded[f"{layer}.bias"] = weight.astype(np.float32), bias.astype(np.float32)
    return folded


def tensor(name, shape, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def step_graph(weights):
    """One event: few nodes, every size fixed but the batch's."""
    g = Graph()
    ids = g.add("Add", ["ids", g.constant("id_offsets", weights["offsets"].astype(np.int64))], "id_rows")
    rows = g.add("Gather", [g.constant("embedding", weights["embedding.weight"]), ids], "embedded", axis=0)
    flat = g.add("Reshape", [rows, g.constant("embedded_shape", np.array([-1, TOKEN_IDS * EMBEDDING_WIDTH], np.int64))], "embedded_flat")
    tokens = g.add("Reshape", ["tokens", g.constant("token_shape", np.array([-1, TOKEN_FEATURES], np.int64))], "tokens_flat")
    event = g.add("Concat", [tokens, flat], "event", axis=-1)
    from_event = g.add("Gemm", [event, g.constant("event_weight", weights["gru.weight_ih_l0"].T),
                                g.constant("event_bias", weights["gru.bias_ih_l0"])], "from_event")
    from_state = g.add("Gemm", ["state_in", g.constant("state_weight", weights["gru.weight_hh_l0"].T),
                                g.constant("state_bias", weights["gru.bias_hh_l0"])], "from_state")
    gates = g.constant("gate_sizes", np.array([2 * STATE_WIDTH, STATE_WIDTH], np.int64))
    g.add("Split", [from_event, gates], ["event_gates", "event_new"], axis=-1)
    g.add("Split", [from_state, gates], ["state_gates", "state_new"], axis=-1)
    open_ = g.add("Sigmoid", [g.add("Add", ["event_gates", "state_gates"], "gate_sums")], "gates")
    halves = g.constant("gate_halves", np.array([STATE_WIDTH, STATE_WIDTH], np.int64))
    g.add("Split", [open_, halves], ["reset", "keep"], axis=-1)
    kept = g.add("Mul", ["reset", "state_new"], "state_new_reset")
    new = g.add("Tanh", [g.add("Add", ["event_new", kept], "new_sum")], "new")
    change = g.add("Mul", ["keep", g.add("Sub", ["state_in", new], "old_minus_new")], "kept")
    g.heads(weights, g.add("Add", [new, change], "state_out"))
    return g.model("step", [
        tensor("tokens", ["B", 1, TOKEN_FEATURES]), tensor("ids", ["B", 1, TOKEN_IDS], TensorProto.INT64),
        tensor("profile", ["B", PROFILE_FEATURES]), tensor("state_in", ["B", STATE_WIDTH])])


def gate_order(matrix):
    """PyTorch keeps reset, update, new; the ONNX operator wants update, reset, new."""
    reset, update, new = np.split(matrix, 3)
    return np.concatenate([update, reset, new])


def fold_graph(weights):
    """Any number of events; those beyond a row's length leave its state alone."""
    g = Graph()
    ids = g.add("Add", ["ids", g.constant("id_offsets", weights["offsets"].astype(np.int64))], "id_rows")
    rows = g.add("Gather", [g.constant("embedding", weights["embedding.weight"]), ids], "embedded", axis=0)
    shape = np.array([0, 0, TOKEN_IDS * EMBEDDING_WIDTH], np.int64)
    flat = g.add("Reshape", [rows, g.constant("embedded_shape", shape)], "embedded_flat")
    events = g.add("Concat", ["tokens", flat], "events", axis=-1)
    by_time = g.add("Transpose", [events], "events_by_time", perm=[1, 0, 2])
    length = g.add("Cast", ["length"], "length_int32", to=TensorProto.INT32)
    state = g.add("Unsqueeze", ["state_in", g.constant("first_axis", np.array([0], np.int64))], "initial_state")
    bias = np.concatenate([gate_order(weights["gru.bias_ih_l0"]), gate_order(weights["gru.bias_hh_l0"])])
    g.add("GRU", [by_time, g.constant("event_weight", gate_order(weights["gru.weight_ih_l0"])[None]),
                  g.constant("state_weight", gate_order(weights["gru.weight_hh_l0"])[None]), g.constant("bias", bias[None]),
                  length, state], ["", "last_state"], hidden_size=STATE_WIDTH, linear_before_reset=1)
    g.heads(weights, g.add("Squeeze", ["last_state", "first_axis"], "state_out"))
    return g.model("fold", [
        tensor("tokens", ["B", "T", TOKEN_FEATURES]), tensor("ids", ["B", "T", TOKEN_IDS], TensorProto.INT64),
        tensor("length", ["B"], TensorProto.INT64), tensor("profile", ["B", PROFILE_FEATURES]), tensor("state_in", ["B", STATE_WIDTH])])


def manifest(report, name, version, digest):
    """The keys of model.json. Its date is that of the newest event trained on: the same inputs give the same file."""
    told = ("name", "licence", "rows", "customers", "from", "to", "digest")
    sources = [{key: source[key] for key in told} for source in report["sources"]]
    # A figure that a split cannot give, such as the AUC of one class, is null.
    rounded = {head: {key: round(value, 6) if isinstance(value, float) else value for key, value in found.items()}
               for head, found in report["metrics"].items()}
    return {
        "name": name,
        "version": version,
        "contract_version": report["features"]["contract_version"],
        "feature_schema_hash": report["features"]["feature_schema_hash"],
        "digest": digest,
        "opset": OPSET,
        "created_at": max(source["to"] for source in report["sources"]),
        "horizons": report["features"]["horizons"],
        "calibration": report["calibration"],
        "training": {"seed": report["seed"], "sources": sources},
        "metrics": rounded,
        "graphs": {"step": "step.onnx", "fold": "fold.onnx"},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", required=True, metavar="DIR", help="folder that train.py wrote")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder of the model version, e.g. models/behaviour/2")
    arguments = parser.parse_args()
    work, out = Path(arguments.work), Path(arguments.out).absolute()
    if not out.name.isdecimal():
        parser.error(f"--out {arguments.out}: the last folder is the version, a whole number; the one above it is the model's name")

    weights = fold_profile_scale({name: value.numpy() for name, value in torch.load(work / "weights.pt").items()})
    report = json.loads((work / "report.json").read_text())
    graphs = {"step.onnx": step_graph(weights), "fold.onnx": fold_graph(weights)}
    for name, graph in graphs.items():
        if len(graph) > GRAPH_BYTES_MAX:
            raise SystemExit(f"{name} has {len(graph)} bytes, at most {GRAPH_BYTES_MAX} are allowed; make the model smaller")
    digest = hashlib.sha256(graphs["step.onnx"] + graphs["fold.onnx"]).hexdigest()
    out.mkdir(parents=True, exist_ok=True)
    # The manifest goes last: a version is complete once it is there.
    (out / "model.json").unlink(missing_ok=True)
    for name, graph in graphs.items():
        (out / name).write_bytes(graph)
    (out / "model.json").write_text(json.dumps(manifest(report, out.parent.name, out.name, digest), indent=2) + "\n")
    nodes = len(onnx.load_from_string(graphs["step.onnx"]).graph.node)
    print(f"exported {out.parent.name}/{out.name}: step {len(graphs['step.onnx']):,} bytes in {nodes} nodes, "
          f"fold {len(graphs['fold.onnx']):,} bytes, digest {digest[:16]}")


if __name__ == "__main__":
    main()
