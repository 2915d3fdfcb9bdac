using System.Globalization;
using System.Text;
using RealtimeInsight.Domain.Customers;

namespace RealtimeInsight.Simulation.Checks;

/// <summary>Two states in words: where they differ.</summary>
internal static class StateText
{
    public static string Difference(CustomerState expected, CustomerState found)
    {
        var left = Lines(expected);
        var right = Lines(found);
        var text = new StringBuilder();
        foreach (var (name, value) in left)
        {
            if (right[name] == value) continue;
            if (text.Length > 0) text.Append("; ");
            text.Append(CultureInfo.InvariantCulture, $"{name} is {right[name]}, expected {value}");
        }

        return text.Length > 0 ? text.ToString() : "the states differ in parts that have no name here";
    }

    private static Dictionary<string, string> Lines(CustomerState state) => new()
    {
        ["events"] = $"{state.EventCount}",
        ["first seen"] = $"{state.FirstSeen}",
        ["last seen"] = $"{state.LastSeen}",
        ["last activity"] = $"{state.LastActivityAt}",
        ["last deadline"] = $"{state.LastDeadlineAt}",
        ["last offset"] = $"{state.LastOffset}",
        ["dormancy"] = $"{state.DormancyLevel}",
        ["session"] = $"{state.Session.Number} {state.Session.IsOpen} {state.Session.StartedAt} {state.Session.Events}",
        ["orders"] = $"{state.Orders.Orders} {state.Orders.MonetaryValue}",
        ["event ids"] = $"{state.EventIds.Count} dropped up to {state.EventIds.DroppedUpTo}",
        ["carts"] = string.Join(", ", state.Carts.Select(static cart =>
            $"{cart.Number} {cart.State} {cart.Value.ToString(CultureInfo.InvariantCulture)} {cart.ChangedAt}")),
        ["scores"] = $"{state.Scores} {state.ModelStamp} {state.ScoredAt} {state.ScoresDegraded}",
        ["ledger"] = string.Join(", ", state.Ledger?.Entries.Select(static entry =>
            $"{entry.Rule} {entry.Episode} {entry.Status} {entry.Reason} {entry.DecidedAt} due {entry.DueAt} {entry.Outcome} "
            + $"until {entry.AttributionEndsAt}") ?? []),
    };
}
