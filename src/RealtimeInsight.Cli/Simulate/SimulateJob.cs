using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeInsight.Simulation;

namespace RealtimeInsight.Cli.Simulate;

/// <summary>Runs seeds until one breaks something, then cuts that one down to a small scenario that still does.</summary>
/// <param name="run">One simulation.</param>
/// <param name="shrink">The smallest scenario found for a result with violations, within a number of runs.</param>
internal sealed class SimulateJob(
    CliConsole console,
    bool hasStory,
    bool isJson,
    Func<SimulationOptions, SimulationResult> run,
    Func<SimulationResult, int, SimulationResult> shrink)
{
    private const int ShrinkRunsMax = 300;
    private const int ViolationsShownMax = 5;

    /// <summary>Exit code: success only when events were taken in and nothing was broken.</summary>
    public int Run(SimulationOptions options, long last, CancellationToken cancellationToken)
    {
        var totals = new Totals();
        for (var seed = options.Seed; ; seed++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = run(options with { Seed = seed });
            totals.Add(result);
            if (hasStory) foreach (var line in result.Story) console.Out.WriteLine(line);
            console.Out.WriteLine(Line(result));
            if (result.Violations.Count > 0) Explain(result);
            if (result.Violations.Count > 0 || seed == last)
            {
                if (isJson) console.Out.WriteLine(Json(result, options.Seed, totals));
                if (totals.Events == 0) console.Error.WriteLine("insight: no event was taken in, nothing was checked: give more --minutes");
                return result.Violations.Count == 0 && totals.Events > 0 ? ExitCodes.Success : ExitCodes.Failure;
            }
        }
    }

    private static string Line(SimulationResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {result.Options.Seed}: {result.Options.Minutes} minutes, {result.Events} events ({result.Sent} sent), "
        + $"{result.Decisions} actions ({result.Deliveries} requests), {result.Crashes} crashes, {result.Faults} faults, "
        + $"{result.Steps} steps, digest {result.Digest}, {result.Violations.Count} violations"
        + $"{(result.Events == 0 ? ", nothing was checked" : "")}");

    private void Explain(SimulationResult result)
    {
        Violations(result);
        var small = shrink(result, ShrinkRunsMax);
        console.Out.WriteLine();
        console.Out.WriteLine($"The smallest scenario found ({small.Sent} events sent, faults: {FaultNames.Write(small.Options.Faults)}):");
        foreach (var line in small.Story) console.Out.WriteLine($"  {line}");
        console.Out.WriteLine("To run it again:");
        console.Out.WriteLine($"  {CommandLine(small.Options)}");
    }

    private void Violations(SimulationResult result)
    {
        foreach (var (invariant, detail) in result.Violations.Take(ViolationsShownMax)) console.Out.WriteLine($"  {invariant}: {detail}");
        if (result.Violations.Count > ViolationsShownMax)
        {
            console.Out.WriteLine($"  and {result.Violations.Count - ViolationsShownMax} more");
        }
    }

    private static string CommandLine(SimulationOptions options)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"./insight simulate --seed {options.Seed} --minutes {options.Minutes}");
        if (options.Faults != FaultKinds.All) line += $" --faults {FaultNames.Write(options.Faults)}";
        if (options.Customers is { } customers) line += $" --customers {string.Join(',', customers)}";
        if (options.Events is { } events) line += $" --events {string.Join(',', events)}";
        return line;
    }

    private static string Json(SimulationResult result, long firstSeed, Totals totals) => new JsonObject
    {
        ["seed"] = result.Options.Seed,
        ["first_seed"] = firstSeed,
        ["minutes"] = result.Options.Minutes,
        ["events"] = totals.Events,
        ["sent"] = totals.Sent,
        ["actions"] = totals.Actions,
        ["deliveries"] = totals.Deliveries,
        ["crashes"] = totals.Crashes,
        ["faults"] = totals.Faults,
        ["steps"] = totals.Steps,
        ["seeds_without_events"] = totals.SeedsWithoutEvents,
        ["violations"] = result.Violations.Count,
        ["broken"] = new JsonArray([.. result.Violations.Select(static found => found.Invariant).Distinct().Select(
            static name => (JsonNode?)name)]),
        ["digest"] = result.Digest,
    }.ToJsonString(JsonSerializerOptions.Web);

    /// <summary>Sums over all seeds.</summary>
    private sealed class Totals
    {
        public long Events { get; private set; }

        public long SeedsWithoutEvents { get; private set; }

        public long Sent { get; private set; }

        public long Actions { get; private set; }

        public long Deliveries { get; private set; }

        public long Crashes { get; private set; }

        public long Faults { get; private set; }

        public long Steps { get; private set; }

        public void Add(SimulationResult result)
        {
            Events += result.Events;
            if (result.Events == 0) SeedsWithoutEvents++;
            Sent += result.Sent;
            Actions += result.Decisions;
            Deliveries += result.Deliveries;
            Crashes += result.Crashes;
            Faults += result.Faults;
            Steps += result.Steps;
        }
    }
}
