using System.Globalization;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Cli.Replay;

/// <summary>What a person sees of a replay: the line of progress and the table at the end.</summary>
internal static class ReplayReport
{
    public static string Progress(ReplayCounts counts, int total, EngineStatus status, TimeSpan elapsed)
    {
        var rate = elapsed > TimeSpan.Zero ? counts.Read / elapsed.TotalSeconds : 0;
        return string.Create(CultureInfo.InvariantCulture,
            $"{counts.Read:N0} of {total:N0} events, {rate:N0}/s | customers {status.Customers:N0} | carts open {OpenCarts(status):N0}, "
            + $"abandoned {status.CartsAbandoned:N0}, converted {status.CartsConverted:N0} | scores {status.Scores:N0} | "
            + $"actions {status.Actions:N0} | rejects {counts.Rejected:N0}");
    }

    public static void WriteTable(TextWriter writer, ReplaySummary summary)
    {
        writer.WriteLine(summary.Complete ? "replay complete" : "replay stopped before its end");
        Row("lines read", summary.Read, "");
        Row("accepted", summary.Accepted, "");
        Row("rejected", summary.Rejected, Reasons(summary.RejectedByReason));
        Row("duplicates", summary.Duplicates, "");
        Row("customers", summary.Customers, "");
        Row("sessions", summary.Sessions, "");
        Row("carts opened", summary.CartsOpened, summary.CartsOpen > 0 ? $"{summary.CartsOpen:N0} still open" : "");
        Row("carts abandoned", summary.CartsAbandoned, "");
        Row("carts converted", summary.CartsConverted, "");
        Row("carts emptied", summary.CartsEmptied, "");
        Row("scores", summary.Scores, ScoreNote(summary));
        Row("decisions", summary.Decisions, $"{summary.Suppressed:N0} suppressed{List(summary.SuppressedByReason)}");
        Row("actions", summary.Actions, $"{summary.ActionsDelivered:N0} delivered{List(summary.ActionsByRule)}");
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {summary.EventsPerSecond:N0} events/s: {summary.Seconds:N1} s, after {summary.SecondsReading:N1} s of reading"));
        if (summary.FirstEventAt is not null) writer.WriteLine($"  event time {summary.FirstEventAt} to {summary.LastEventAt}");

        void Row(string name, long value, string note) => writer.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"  {name,-16}{value,12:N0}  {note}").TrimEnd());
    }

    private static long OpenCarts(EngineStatus status) => status.CartsOpen + status.CartsAtRisk + status.CartsRecovered;

    private static string ScoreNote(ReplaySummary summary) => (summary.Model, summary.ScoresDegraded) switch
    {
        (null, _) => "no model",
        (var model, 0) => $"model {model}",
        var (model, degraded) => $"model {model}, {degraded:N0} degraded",
    };

    private static string List(IReadOnlyDictionary<string, long> counts) => counts.Count == 0 ? "" : ": " + Reasons(counts);

    private static string Reasons(IReadOnlyDictionary<string, long> reasons) =>
        string.Join(", ", reasons.Select(reason => string.Create(CultureInfo.InvariantCulture, $"{reason.Key} {reason.Value:N0}")));
}
