using System.Globalization;
using System.Runtime.CompilerServices;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Host.Learning;
using RealtimeInsight.Host.Text;
using RealtimeInsight.Inference.Lifecycle;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Host;

/// <summary>
/// The engine as the endpoints see it while it starts, runs and stops: until it is open, work is refused as unavailable and the
/// status says why, so that the server can answer from its first moment. Thread-safe.
/// </summary>
/// <param name="labeller">Labels texts on their way in; null: none does.</param>
internal sealed class EngineGate(TextLabeller? labeller = null) : ICustomerEngine
{
    private readonly TaskCompletionSource<IRunningEngine> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IRunningEngine? _running;
    private volatile string _reason = "the engine is starting: it loads the saved customers and warms the model up";

    /// <summary>Decides which models serve.</summary>
    /// <exception cref="EngineUnavailableException">The engine does not run yet or any more, or has no registry.</exception>
    public ModelRegistry Models => _running switch
    {
        null => throw new EngineUnavailableException($"{_reason}; send the request again later"),
        { Models: { } models } => models,
        _ => throw new EngineUnavailableException("this engine has no model registry; manage its models where they are"),
    };

    /// <summary>Corrects scores by their outcomes; null where that is off.</summary>
    /// <exception cref="EngineUnavailableException">The engine does not run yet or any more.</exception>
    public CorrectionsKeeper? Corrections => _running is { } running
        ? running.Corrections : throw new EngineUnavailableException($"{_reason}; send the request again later");

    /// <summary>What the engine learns while it runs; null where nothing is learned.</summary>
    /// <exception cref="EngineUnavailableException">The engine does not run yet or any more.</exception>
    public LearningDesk? Learned => _running is { } running
        ? running.Learned : throw new EngineUnavailableException($"{_reason}; send the request again later");

    /// <summary>Trained orders of next items; null where nothing is learned of items.</summary>
    /// <exception cref="EngineUnavailableException">The engine does not run yet or any more.</exception>
    public NextItemRegistry? NextItems => _running is { } running
        ? running.NextItems : throw new EngineUnavailableException($"{_reason}; send the request again later");

    /// <summary>Name and version of a model by its stamp; the stamp in hexadecimal where it is not known any more.</summary>
    public string NameOf(uint stamp) => _running?.NameOf(stamp) ?? stamp.ToString("x8", CultureInfo.InvariantCulture);

    /// <summary>Lets work through from now on.</summary>
    public void Open(IRunningEngine running)
    {
        ArgumentNullException.ThrowIfNull(running);
        _running = running;
        _opened.TrySetResult(running);
    }

    /// <summary>Returns when the engine has been opened.</summary>
    public Task OpenedAsync(CancellationToken cancellationToken) => _opened.Task.WaitAsync(cancellationToken);

    /// <summary>Refuses work from now on.</summary>
    public void Close(string reason)
    {
        _reason = reason;
        _running = null;
    }

    public ValueTask<IngestResult> IngestAsync(IngestBatch batch, CancellationToken cancellationToken)
    {
        var engine = Opened();
        return labeller is not null && labeller.HasWork(batch)
            ? LabelAndIngestAsync(engine, labeller, batch, cancellationToken)
            : engine.IngestAsync(batch, cancellationToken);
    }

    public ValueTask<CustomerInsight?> GetInsightAsync(CustomerId customer, CancellationToken cancellationToken) =>
        Opened().GetInsightAsync(customer, cancellationToken);

    public ValueTask<IReadOnlyList<TimelineEntry>?> GetTimelineAsync(CustomerId customer, int limit, CancellationToken cancellationToken) =>
        Opened().GetTimelineAsync(customer, limit, cancellationToken);

    public ValueTask<MergeResult> MergeAsync(CustomerId into, CustomerId from, CancellationToken cancellationToken) =>
        Opened().MergeAsync(into, from, cancellationToken);

    public ValueTask<MergeResult> UnmergeAsync(CustomerId into, CustomerId from, CancellationToken cancellationToken) =>
        Opened().UnmergeAsync(into, from, cancellationToken);

    public ValueTask<ErasureResult?> EraseAsync(CustomerId customer, CancellationToken cancellationToken) =>
        Opened().EraseAsync(customer, cancellationToken);

    public ValueTask<DecisionView?> GetDecisionAsync(string decisionId, CancellationToken cancellationToken) =>
        Opened().GetDecisionAsync(decisionId, cancellationToken);

    public IDeliveryControl Delivery => Opened().Delivery;

    public IRejectControl Rejects => Opened().Rejects;

    public ValueTask<IReadOnlyList<CustomerAtRisk>> GetAtRiskAsync(int limit, CancellationToken cancellationToken) =>
        Opened().GetAtRiskAsync(limit, cancellationToken);

    public ValueTask<ScoreExplanation?> ExplainAsync(CustomerId customer, ScoreHead head, CancellationToken cancellationToken) =>
        Opened().ExplainAsync(customer, head, cancellationToken);

    public ValueTask<ScoreExplanation?> ExplainDecisionAsync(string decisionId, ScoreHead head, CancellationToken cancellationToken) =>
        Opened().ExplainDecisionAsync(decisionId, head, cancellationToken);

    public ModelWatch GetModelWatch() => Opened().GetModelWatch();

    public EngineStatus GetStatus()
    {
        if (_running is not { } running) return NotOpen(_reason);
        var status = running.Engine.GetStatus();
        return running.Problems.Count == 0 ? status : status with { Problems = [.. status.Problems.Union(running.Problems)] };
    }

    /// <summary>Waits for the engine to open, then streams.</summary>
    public async IAsyncEnumerable<EngineNotice> SubscribeAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var running = await _opened.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var notice in running.Engine.SubscribeAsync(cancellationToken).ConfigureAwait(false)) yield return notice;
    }

    private static async ValueTask<IngestResult> LabelAndIngestAsync(
        ICustomerEngine engine, TextLabeller labeller, IngestBatch batch, CancellationToken cancellationToken)
    {
        var labelled = await labeller.LabelAsync(batch, cancellationToken).ConfigureAwait(false);
        return await engine.IngestAsync(labelled, cancellationToken).ConfigureAwait(false);
    }

    private ICustomerEngine Opened() =>
        _running?.Engine ?? throw new EngineUnavailableException($"{_reason}; send the request again later");

    private static EngineStatus NotOpen(string reason) => EngineStatus.Empty with { Problems = [reason] };
}
