namespace RealtimeInsight.Cli.Bench;

/// <summary>One thing that <c>insight bench</c> measures. Makes what it needs, measures it, and leaves nothing behind.</summary>
internal interface IBenchScenario
{
    /// <summary>One word, as it is typed.</summary>
    string Name { get; }

    /// <summary>What is measured and what is not, in a sentence.</summary>
    string Summary { get; }

    /// <summary>Options beside those of all scenarios.</summary>
    IReadOnlyList<BenchOption> Options { get; }

    /// <summary>Complete command lines.</summary>
    IReadOnlyList<string> Examples => [$"insight bench {Name} --json"];

    /// <summary>
    /// Warms up, measures <see cref="BenchContext.Runs"/> times and puts the figures into <see cref="BenchContext.Report"/>.
    /// </summary>
    /// <exception cref="BenchUnavailableException">The machine lacks something that the scenario needs.</exception>
    /// <exception cref="CliException">The scenario failed.</exception>
    Task RunAsync(BenchContext context, CancellationToken cancellationToken);
}
