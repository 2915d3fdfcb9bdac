namespace RealtimeInsight.Host.Retraining;

/// <summary>When the engine has a new version trained, and what becomes of it; configuration section <c>Retrain</c>.</summary>
public sealed class RetrainOptions
{
    /// <summary>In a word of <see cref="Command"/>: the folder that the version has to be written to.</summary>
    public const string OutPlaceholder = "{out}";

    private static readonly string[] s_heads = ["abandonment", "purchase"];

    /// <summary>
    /// Program that trains, and its arguments, one word each; <c>{out}</c> stands for the folder of the new version. Default none:
    /// nothing is trained. For example <c>/opt/insight/insight train --format segment-ndjson --data /archive --out {out}</c>.
    /// </summary>
    public IReadOnlyList<string> Command { get; set; } = [];

    /// <summary>Time between two trainings. Default 0: not by schedule. 1 hour to 365 days.</summary>
    public TimeSpan Every { get; set; } = TimeSpan.Zero;

    /// <summary>
    /// Train when more than a tenth of the champion's inputs are far from its training data (index above 0.25, 1,000 events or more), or a
    /// head ranks worse than in training by more than 0.05 over 1,000 outcomes or more. Default false.
    /// </summary>
    public bool OnDrift { get; set; }

    /// <summary>Least time between two trainings for drift. Default 1 day; 1 hour to 365 days.</summary>
    public TimeSpan Rest { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Longest training; then it is ended. Default 6 h; 1 minute to 7 days.</summary>
    public TimeSpan TrainingMax { get; set; } = TimeSpan.FromHours(6);

    /// <summary>Part of the customers that the new version scores as a shadow. Default 1; above 0 to 1.</summary>
    public double ShadowShare { get; set; } = 1;

    /// <summary>
    /// Whether a version that proves better is promoted without asking. Default false: it is proposed, and stays a shadow until somebody
    /// promotes or rejects it.
    /// </summary>
    public bool PromoteByRule { get; set; }

    /// <summary>Heads that have to be judged. Default abandonment and purchase, whose outcomes are known within a day.</summary>
    public IReadOnlyList<string> PromoteHeads { get; set; } = [];

    /// <summary>Least outcomes of each of those heads that both versions scored. Default 2,000; 100 to 10,000,000.</summary>
    public long PromoteOutcomesMin { get; set; } = 2_000;

    /// <summary>A shadow that has not proved better by then is taken away. Default 30 days; 1 hour to 365 days.</summary>
    public TimeSpan ShadowMax { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Time between two looks. Default 1 minute; 1 s to 1 hour.</summary>
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromMinutes(1);

    public bool IsOn => Command.Count > 0;

    /// <summary>The heads that count, the default ones where none are given.</summary>
    internal IReadOnlyList<string> JudgedHeads => PromoteHeads.Count > 0 ? PromoteHeads : s_heads;

    /// <summary>Every violation, naming setting, value and rule; empty when valid.</summary>
    public static IReadOnlyList<string> Validate(RetrainOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<string>();
        if (options.IsOn && !options.Command.Any(static word => word.Contains(OutPlaceholder, StringComparison.Ordinal)))
        {
            problems.Add($"Retrain:Command is '{string.Join(' ', options.Command)}'; one of its words has to hold {OutPlaceholder}, "
                + "which stands for the folder of the new version");
        }

        if (!options.IsOn && (options.Every > TimeSpan.Zero || options.OnDrift))
        {
            problems.Add("Retrain:Command is empty, but Retrain:Every or Retrain:OnDrift asks for trainings; name the program that trains");
        }

        if (options.Every != TimeSpan.Zero) Range("Every", options.Every, TimeSpan.FromHours(1), TimeSpan.FromDays(365));
        Range("Rest", options.Rest, TimeSpan.FromHours(1), TimeSpan.FromDays(365));
        Range("TrainingMax", options.TrainingMax, TimeSpan.FromMinutes(1), TimeSpan.FromDays(7));
        Range("ShadowShare", options.ShadowShare, double.Epsilon, 1d);
        Range("PromoteOutcomesMin", options.PromoteOutcomesMin, 100, 10_000_000);
        Range("ShadowMax", options.ShadowMax, TimeSpan.FromHours(1), TimeSpan.FromDays(365));
        Range("CheckInterval", options.CheckInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        foreach (var head in options.PromoteHeads.Except(Inference.Models.ModelHeads.All))
        {
            problems.Add($"Retrain:PromoteHeads has '{head}'; {string.Join(", ", Inference.Models.ModelHeads.All)} are allowed");
        }

        return problems;

        void Range<T>(string name, T value, T least, T most)
            where T : IComparable<T> => Rules.Range(problems, $"Retrain:{name}", value, least, most);
    }
}
