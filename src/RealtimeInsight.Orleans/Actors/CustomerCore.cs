using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Inference;
using RealtimeInsight.Orleans.Actions;

namespace RealtimeInsight.Orleans.Actors;

/// <summary>What all customers of a silo share. Thread-safe.</summary>
internal sealed class CustomerCore
{
    private readonly TimeProvider _indexTime;

    /// <exception cref="ArgumentException">The settings break their limits.</exception>
    public CustomerCore(ClusterSettings settings, IScorer scorer, ActionChannels channels, TimeProvider time, ILogger logger)
    {
        var problems = CustomerGrainOptions.Validate(settings.Grains);
        if (problems.Count != 0) throw new ArgumentException(string.Join("; ", problems), nameof(settings));
        Options = settings.Grains;
        Machine = new CustomerMachine(settings.Customers);
        Maker = new DecisionMaker(settings.Policy);
        Scorer = scorer;
        Channels = channels;
        Time = time;
        _indexTime = settings.IndexTime ?? time;
        Logger = logger;
    }

    public CustomerGrainOptions Options { get; }
    public CustomerMachine Machine { get; }
    public DecisionMaker Maker { get; }
    public IScorer Scorer { get; }
    public ActionChannels Channels { get; }
    public TimeProvider Time { get; }
    public ILogger Logger { get; }

    /// <summary>What the deadline index takes for now.</summary>
    public Instant IndexNow => Instant.From(_indexTime.GetUtcNow());
    public Instant Now => Instant.From(Time.GetUtcNow());
}
