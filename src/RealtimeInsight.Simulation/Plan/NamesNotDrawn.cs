namespace RealtimeInsight.Simulation.Plan;

/// <summary>Finds customers and events that options name and their seed does not draw: a run without them would check nothing.</summary>
internal static class NamesNotDrawn
{
    /// <param name="options">Within their bounds.</param>
    public static IReadOnlyList<string> Find(SimulationOptions options)
    {
        if (options.Customers is null && options.Events is null) return [];
        var shop = new Shop(options with { Events = null });
        var problems = new List<string>();
        if (options.Customers is { } customers)
        {
            if (customers.Count == 0) problems.Add("customers names nobody; leave it out for all");
            problems.AddRange(customers.Where(customer => customer >= shop.Customers).Select(customer =>
                $"customers has {customer}, seed {options.Seed} draws 0 to {shop.Customers - 1}"));
        }

        if (options.Events is not { } events || problems.Count > 0) return problems;
        if (events.Count == 0) problems.Add("events names nothing; leave it out for all");
        var drawn = new Workload(shop).Draw();
        var names = drawn.Select(static send => send.Name).ToHashSet(StringComparer.Ordinal);
        var unknown = events.Where(name => !names.Contains(name)).ToArray();
        if (unknown.Length > 0)
        {
            var wrong = string.Join(", ", unknown);
            problems.Add($"events has {wrong}, seed {options.Seed} draws {Ranges(drawn)} in {options.Minutes} minutes");
        }

        return problems;
    }

    /// <summary>First and last event of each customer; the numbers between are drawn too.</summary>
    private static string Ranges(List<PlannedSend> drawn)
    {
        var ranges = drawn.GroupBy(static send => send.Customer).OrderBy(static life => life.Key).Select(static life =>
            $"c{life.Key}e0 to c{life.Key}e{life.Select(static send => send.Name).Distinct().Count() - 1}").ToArray();
        return ranges.Length == 0 ? "no event" : string.Join(", ", ranges);
    }
}
