using RealtimeInsight.Simulation;

namespace RealtimeInsight.Cli.Simulate;

/// <summary>Kinds of faults as the command line names them.</summary>
internal static class FaultNames
{
    private const string None = "none";

    private static readonly (string Name, FaultKinds Kind)[] s_names =
    [
        ("crash", FaultKinds.Crash), ("commit-crash", FaultKinds.CommitCrash), ("restart", FaultKinds.Restart),
        ("commit-failure", FaultKinds.CommitFailure), ("commit-unknown", FaultKinds.CommitUnknown), ("disk-full", FaultKinds.DiskFull),
        ("pause", FaultKinds.Pause), ("webhook", FaultKinds.Webhook), ("model", FaultKinds.Model), ("model-swap", FaultKinds.ModelSwap),
        ("clock-jump", FaultKinds.ClockJump), ("lost-answer", FaultKinds.LostAnswer),
    ];

    public static IEnumerable<string> All => s_names.Select(static entry => entry.Name);

    /// <exception cref="CliException">A name is not known.</exception>
    public static FaultKinds Parse(string? text)
    {
        if (text is null) return FaultKinds.All;
        var kinds = FaultKinds.None;
        foreach (var name in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (name == None) continue;
            var known = Array.Find(s_names, entry => entry.Name == name);
            kinds |= known.Name is not null
                ? known.Kind
                : throw CliException.Usage($"--faults {name}: use {None} or some of {string.Join(", ", All)}");
        }

        return kinds;
    }

    public static string Write(FaultKinds kinds) => kinds == FaultKinds.None
        ? None
        : string.Join(',', s_names.Where(entry => kinds.HasFlag(entry.Kind)).Select(static entry => entry.Name));
}
