using System.Globalization;
using RealtimeInsight.Domain.Text;

namespace RealtimeInsight.Simulation.World;

/// <summary>What happened, in order: lines for people, and a digest over everything.</summary>
internal sealed class Story
{
    private readonly List<string> _lines = [];
    private readonly List<Violation> _violations = [];
    private ulong _digest;

    public IReadOnlyList<string> Lines => _lines;

    public IReadOnlyList<Violation> Violations => _violations;

    public string Digest => _digest.ToString("x16", CultureInfo.InvariantCulture);

    public void Tell(TimeSpan at, string what)
    {
        _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{At(at)} {what}"));
        Note(what);
    }

    /// <summary>Into the digest only.</summary>
    public void Note(string what) => Note(StableHash.Of(what));

    public void Note(ulong value) => _digest = StableHash.Combine(_digest, value);

    public void Break(TimeSpan at, string invariant, string detail)
    {
        _violations.Add(new Violation(invariant, $"{At(at)} {detail}"));
        Tell(at, $"VIOLATION {invariant}: {detail}");
    }

    private static string At(TimeSpan at) => string.Create(
        CultureInfo.InvariantCulture, $"{(int)at.TotalMinutes:000}:{at.Seconds:00}.{at.Milliseconds:000}");
}
