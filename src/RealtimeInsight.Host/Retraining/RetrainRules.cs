using System.Globalization;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Host.Retraining;

/// <summary>Pure rules: when to train, and whether a shadow has proved better.</summary>
internal static class RetrainRules
{
    public const double AucLossMax = 0.05;
    public const long CountMin = 1_000;

    /// <summary>Why a new version is to be trained now; null: it is not.</summary>
    /// <param name="champion">What is known of the version that serves; null for nothing.</param>
    public static string? Due(RetrainOptions options, RetrainState state, VersionWatch? champion, DateTimeOffset now)
    {
        var age = now - state.LastTraining;
        if (options.Every > TimeSpan.Zero && age >= options.Every)
        {
            return Text($"schedule: {age.TotalDays:0.#} days since the last one");
        }

        return options.OnDrift && age >= options.Rest && champion is not null ? Drift(champion) ?? Quality(champion) : null;
    }

    /// <summary>How a shadow stands against who serves, by the log loss over the same moments.</summary>
    public static Verdict Judge(RetrainOptions options, VersionWatch? shadow)
    {
        var found = options.JudgedHeads
            .Select(name => (Name: name, Paired: shadow?.Heads.FirstOrDefault(head => head.Head == name)?.AgainstServing)).ToList();
        var text = found.All(static head => head.Paired is null) ? null
            : string.Join("; ", found.Select(static head => Describe(head.Name, head.Paired)));
        var judged = found.Select(static head => head.Paired).OfType<PairedFigures>()
            .Where(paired => paired.N >= options.PromoteOutcomesMin).ToList();

        // One head that is clearly worse is enough; better is only who was judged by all of them.
        var outcome = judged.Any(static paired => paired.From > 0) ? Standing.Worse
            : judged.Count == found.Count && judged.Any(static paired => paired.To < 0) ? Standing.Better
            : Standing.Open;
        return new Verdict(outcome, text);
    }

    private static string? Drift(VersionWatch champion)
    {
        if (champion.Drift is not { Samples: >= CountMin } drift) return null;
        var far = drift.Inputs.Count(static input => input.Psi > InputDrift.Far);
        return far * 10 > drift.Inputs.Count ? Text($"drift: {far} of {drift.Inputs.Count} inputs are beyond {InputDrift.Far}") : null;
    }

    private static string? Quality(VersionWatch champion) => champion.Heads
        .Where(static head => head.Live?.N >= CountMin && head.Trained?.Auc - head.Live.Auc > AucLossMax)
        .Select(static head => Text($"quality: AUC of {head.Head} is {head.Live!.Auc:0.000}, {head.Trained!.Auc:0.000} in training"))
        .FirstOrDefault();

    private static string Describe(string head, PairedFigures? paired) => paired is null
        ? $"{head}: no outcome yet"
        : Text($"{head}: log loss {paired.LogLossDifference:+0.0000;-0.0000} ({paired.From:+0.0000;-0.0000} to ")
            + Text($"{paired.To:+0.0000;-0.0000}) over {paired.N} outcomes");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

internal enum Standing
{
    /// <summary>Too few outcomes, or no difference shown.</summary>
    Open,
    Better,
    Worse,
}

/// <param name="Text">In words; null before the first outcome.</param>
internal sealed record Verdict(Standing Standing, string? Text);
