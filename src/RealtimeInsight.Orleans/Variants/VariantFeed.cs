using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Learning;
using RealtimeInsight.Engine;
using RealtimeInsight.Engine.Learning;

namespace RealtimeInsight.Orleans.Variants;

/// <summary>
/// Tells the cluster every second which variants this silo's customers were given and what came of it, and chooses by the probabilities
/// that it is told: a decision's propensity is the one that it was drawn with, however old. Before the first answer every variant is as
/// likely as any other. What was noted within the last second is lost when the silo is killed. Thread-safe.
/// </summary>
internal sealed class VariantFeed : SiloLoop, IVariantChooser
{
    /// <summary>Rounds without notes after which the probabilities are asked for.</summary>
    private const int QuietRounds = 10;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _telling = new(1, 1);
    private readonly IGrainFactory _grains;
    private readonly CustomerGrainOptions _options;
    private readonly ILogger _logger;
    private readonly string _silo;
    private readonly bool _hasVariants;
    private List<VariantNote> _pending = [];
    private VariantNote[] _sending = [];
    private volatile VariantView[] _known = [];
    private long _batch;
    private long _dropped;
    private int _quiet = QuietRounds;

    /// <param name="silo">Address of the silo.</param>
    /// <param name="time">Of the loop.</param>
    public VariantFeed(
        IGrainFactory grains, ClusterSettings settings, string silo, IMeterFactory meters, TimeProvider time, ILogger logger)
        : base(time)
    {
        (_grains, _options, _silo, _logger) = (grains, settings.Grains, silo, logger);
        _hasVariants = settings.Policy.Rules.Any(static rule => rule.Choose is not null);
        if (_hasVariants) LearningInstruments.ObserveVariants(meters.Create(EngineInstruments.MeterName), Read);
    }

    public IReadOnlyList<VariantOdds> OddsOf(PolicyRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var (known, odds) = (_known, new VariantOdds[rule.Variants.Count]);
        for (var i = 0; i < odds.Length; i++)
        {
            // A cluster in the midst of an update may know other variants.
            var one = Array.Find(known, view => view.Rule == rule.Id && view.Variant == rule.Variants[i].Id);
            if (one is null) return EqualChooser.Instance.OddsOf(rule);
            odds[i] = new VariantOdds(one.Probability, one.Alpha, one.Beta);
        }

        return Math.Abs(odds.Sum(static one => one.Probability) - 1) < 1e-9 ? odds : EqualChooser.Instance.OddsOf(rule);
    }

    /// <summary>What was given, or became of it, and is stored with the customer.</summary>
    public void Note(IReadOnlyList<VariantNote> notes)
    {
        lock (_gate)
        {
            var room = Math.Max(0, _options.VariantsPendingMax - _pending.Count);
            _pending.AddRange(notes.Take(room));
            _dropped += Math.Max(0, notes.Count - room);
        }
    }

    /// <summary>Tells what was noted before the call; returns when it is stored, and this silo chooses by it.</summary>
    public async Task TellAsync()
    {
        await _telling.WaitAsync().ConfigureAwait(false);
        try
        {
            // A batch that may have been heard is told again as it was.
            if (_sending.Length == 0) Take();
            var notes = new VariantNotes { Silo = _silo, Batch = _batch, Notes = _sending };
            _known = await _grains.GetGrain<IVariantGrain>(0).TellAsync(notes).ConfigureAwait(false);
            _sending = [];
        }
        catch (Exception exception)
        {
            GrainLog.VariantsNotTold(_logger, Period, exception);
        }
        finally
        {
            _telling.Release();
        }
    }

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (!_hasVariants || (!HasNotes() && _quiet++ < QuietRounds)) return;
        _quiet = 0;
        await TellAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells the rest.</summary>
    protected override Task FinishAsync(CancellationToken cancellationToken) =>
        _hasVariants ? TellAsync().WaitAsync(cancellationToken) : Task.CompletedTask;

    private bool HasNotes()
    {
        lock (_gate) return _pending.Count > 0 || _sending.Length > 0;
    }

    private IReadOnlyList<LearnedVariant> Read() =>
    [
        .. _known.Select(static one => new LearnedVariant(
            one.Rule, one.Variant, one.Probability, new BetaPosterior(one.Alpha, one.Beta), one.Given, one.Rewarded, one.Open)),
    ];

    private void Take()
    {
        long dropped;
        lock (_gate)
        {
            (_sending, _pending) = ([.. _pending], []);
            (dropped, _dropped) = (_dropped, 0);
        }

        if (_sending.Length > 0) _batch++;
        if (dropped > 0) GrainLog.VariantsDropped(_logger, dropped, _options.VariantsPendingMax);
    }
}
