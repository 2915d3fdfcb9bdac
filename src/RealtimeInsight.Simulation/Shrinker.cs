using RealtimeInsight.Simulation.Plan;

namespace RealtimeInsight.Simulation;

/// <summary>Tries smaller scenarios and keeps each that breaks the same invariant.</summary>
internal sealed class Shrinker(SimulationResult failed, int runsMax, Func<SimulationOptions, SimulationResult> run)
{
    private readonly string _invariant = failed.Violations[0].Invariant;
    private SimulationResult _smallest = failed;
    private int _runs;

    public SimulationResult Shrink()
    {
        ShrinkMinutes();
        ShrinkFaults();
        ShrinkCustomers();
        ShrinkMinutes();
        ShrinkEvents();
        ShrinkFaults();
        return _smallest;
    }

    private bool Try(SimulationOptions options)
    {
        // Less time draws fewer events: one that was named may be gone.
        if (_runs >= runsMax || SimulationOptions.Validate(options).Count > 0) return false;
        _runs++;
        var result = run(options);
        if (!result.Violations.Any(violation => violation.Invariant == _invariant)) return false;
        _smallest = result;
        return true;
    }

    /// <summary>Halves while that works, then takes off a quarter at a time.</summary>
    private void ShrinkMinutes()
    {
        var options = _smallest.Options;
        while (options.Minutes > 1)
        {
            if (!Try(options with { Minutes = options.Minutes / 2 })
                && !(options.Minutes >= 4 && Try(options with { Minutes = options.Minutes - (options.Minutes / 4) })))
            {
                return;
            }

            options = _smallest.Options;
        }
    }

    private void ShrinkFaults()
    {
        foreach (var kind in Enum.GetValues<FaultKinds>())
        {
            if (kind is FaultKinds.None or FaultKinds.All || !_smallest.Options.Faults.HasFlag(kind)) continue;
            Try(_smallest.Options with { Faults = _smallest.Options.Faults & ~kind });
        }
    }

    private void ShrinkCustomers()
    {
        var all = _smallest.Options.Customers ?? [.. Enumerable.Range(0, new Shop(_smallest.Options).Customers)];
        Reduce(all, (options, customers) => options with { Customers = customers });
    }

    private void ShrinkEvents()
    {
        var names = new Workload(new Shop(_smallest.Options)).Draw().Select(static send => send.Name).Distinct().ToArray();
        Reduce<string>(names, static (options, events) => options with { Events = events });
    }

    /// <summary>Leaves out ever smaller parts of a list, as long as something is left.</summary>
    private void Reduce<T>(IReadOnlyList<T> items, Func<SimulationOptions, IReadOnlyList<T>, SimulationOptions> with)
    {
        for (var size = (items.Count + 1) / 2; size >= 1 && items.Count > 1; size = size == 1 ? 0 : (size + 1) / 2)
        {
            for (var at = 0; at < items.Count && items.Count > 1;)
            {
                T[] rest = [.. items.Take(at), .. items.Skip(at + size)];
                if (rest.Length > 0 && Try(with(_smallest.Options, rest))) items = rest;
                else at += size;
            }
        }
    }
}
