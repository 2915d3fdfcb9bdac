using System.Runtime.ExceptionServices;

namespace RealtimeInsight.Simulation;

/// <summary>
/// Runs the whole engine on one thread in virtual time, with a faulty disk, faulty receivers and a faulty model, and checks what must
/// hold whatever happens.
/// </summary>
public static class Simulator
{
    /// <summary>One run. Takes seconds at most for an hour of virtual time; nothing of it depends on the machine.</summary>
    /// <exception cref="ArgumentException">The options break their bounds or name what the seed does not draw.</exception>
    public static SimulationResult Run(SimulationOptions options) => Run(options, new Seams());

    /// <summary>
    /// The smallest scenario found that still breaks the invariant that <paramref name="failed"/> broke first: less time, fewer kinds of
    /// faults, fewer customers, fewer events.
    /// </summary>
    /// <param name="failed">A result with violations.</param>
    /// <param name="runsMax">Most runs to try.</param>
    public static SimulationResult Shrink(SimulationResult failed, int runsMax) => Shrink(failed, runsMax, new Seams());

    internal static SimulationResult Run(SimulationOptions options, Seams seams)
    {
        var problems = SimulationOptions.Validate(options);
        if (problems.Count > 0) throw new ArgumentException(string.Join("; ", problems), nameof(options));
        return OnOneThread(() => SimulationRun.Run(options, seams));
    }

    /// <summary>
    /// On a thread of its own: a synchronisation context or task scheduler of the caller would send continuations elsewhere, and the order
    /// would not be the seed's any more.
    /// </summary>
    internal static T OnOneThread<T>(Func<T> work)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception exception)
            {
                // Thrown on the caller's thread instead of ending the process.
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        }) { IsBackground = true, Name = "simulation" };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    internal static SimulationResult Shrink(SimulationResult failed, int runsMax, Seams seams)
    {
        ArgumentNullException.ThrowIfNull(failed);
        if (failed.Violations.Count == 0) throw new ArgumentException("nothing is broken in this result", nameof(failed));
        return new Shrinker(failed, runsMax, options => Run(options, seams)).Shrink();
    }
}
