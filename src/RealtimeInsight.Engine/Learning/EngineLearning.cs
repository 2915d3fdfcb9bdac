using System.Buffers;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Learning;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Learning;

/// <summary>
/// What the engine learns while it runs. It hears of what is committed, in the order of the log, and is saved with the offset up to which
/// it has heard: after a crash the decisions and outcomes behind that are read from the log, so that nothing is learned twice or not at
/// all. Thread-safe.
/// </summary>
public sealed class EngineLearning
{
    private const uint Magic = 0x4E52414C; // "LARN", little-endian.
    private const byte FormatVersion = 2;

    /// <summary>Without items and statistics.</summary>
    private const byte FormatOfVariants = 1;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly bool _isHistory;
    private readonly OrderJudge? _judge;
    private volatile IItemOrder? _order;
    private long _nextOffset;

    /// <param name="isHistory">
    /// True for an engine that replays what happened elsewhere: nobody was given its variants, so nothing is learned of them.
    /// </param>
    public EngineLearning(Policy policy, LearningOptions options, bool isHistory, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        (Variants, _isHistory, _time) = (new VariantLearner(policy), isHistory, time);
        Items = options.Items.IsOn ? new LiveItems(options.Items) : null;
        _judge = Items is null ? null : new OrderJudge(Items, options.OrderJudgedPerSecond, time);
        Statistics = options.Statistics.IsOn ? new ShopStatistics(options.Statistics) : null;
    }

    /// <summary>What the policy's variants turned out to be worth; chooses among them.</summary>
    public VariantLearner Variants { get; }

    /// <summary>What customers look at after what; null where that is off.</summary>
    public LiveItems? Items { get; }

    /// <summary>
    /// The trained order of next items that serves, live items having their share in it; null: live items alone. Needs <see cref="Items"/>.
    /// </summary>
    public IItemOrder? Order
    {
        get => _order;
        set
        {
            if (value is not null && Items is null) throw new InvalidOperationException("a trained order needs live items beside it");
            _order = value;
            _judge?.Reset();
        }
    }

    /// <summary>How the trained order does, and live items on the same looks; since it serves.</summary>
    public OrderFigures OrderFigures => _judge?.Figures ?? default;

    /// <summary>What the whole shop does; null where that is off. The decision maker should look at it.</summary>
    public ShopStatistics? Statistics { get; }

    /// <summary>True when there is anything to learn.</summary>
    public bool IsOn => Enum.GetValues<LearnedPart>().Any(Has);

    /// <summary>True when there is anything to learn of the part.</summary>
    public bool Has(LearnedPart part) => part switch
    {
        LearnedPart.Variants => Variants.HasVariants,
        LearnedPart.Items => Items is not null,
        LearnedPart.Statistics => Statistics is not null,
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, "not a part"),
    };

    /// <summary>Forgets one part.</summary>
    public void Reset(LearnedPart part)
    {
        switch (part)
        {
            case LearnedPart.Variants:
                Variants.Reset(Now);
                break;
            case LearnedPart.Items:
                Items?.Reset();
                break;
            case LearnedPart.Statistics:
                Statistics?.Reset();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(part), part, "not a part");
        }
    }

    /// <summary>While frozen a part acts by what it knew; variants go on being counted.</summary>
    public void Freeze(LearnedPart part, bool isFrozen)
    {
        switch (part)
        {
            case LearnedPart.Variants:
                Variants.IsFrozen = isFrozen;
                break;
            case LearnedPart.Items when Items is not null:
                Items.IsFrozen = isFrozen;
                break;
            case LearnedPart.Statistics when Statistics is not null:
                Statistics.IsFrozen = isFrozen;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(part), part, "not a part");
        }
    }

    /// <summary>The items that are most likely next, the best first; none where nothing is learned of items.</summary>
    /// <param name="before">The session's looks, the newest first.</param>
    public IReadOnlyList<LiveRecommendation> Recommend(ReadOnlySpan<uint> before, Instant newestAt, Instant earlierAt, int limit)
    {
        if (Items is null) return [];
        return _order is { } order && before.Length > 0
            ? order.Recommend(before, newestAt, earlierAt, Items, limit)
            : Items.Recommend(before, limit);
    }

    /// <summary>Everything, with a checksum at the end.</summary>
    public byte[] ToBytes()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new ByteWriter(output);
        writer.Fixed64(((ulong)FormatVersion << 32) | Magic);
        lock (_gate)
        {
            writer.Signed(_nextOffset);
            Variants.Write(output);
        }

        writer.Bool(Items is not null);
        Items?.Write(output);
        writer.Bool(Statistics is not null);
        Statistics?.Write(output);
        return CheckedBytes.Close(output);
    }

    /// <summary>Goes back to what <see cref="ToBytes"/> wrote, here or elsewhere.</summary>
    /// <exception cref="FormatException">It is something else, or damaged; nothing has changed.</exception>
    public void RollBack(ReadOnlySpan<byte> bytes) => Load(bytes, Now);

    /// <summary>Goes on where <see cref="ToBytes"/> ended.</summary>
    /// <exception cref="FormatException">It is something else, or damaged; nothing has changed.</exception>
    internal void GoOn(ReadOnlySpan<byte> bytes) => Load(bytes, rolledBackAt: null);

    /// <summary>Learns what the log says behind what is known; before the first turn.</summary>
    /// <exception cref="StoreException">The log cannot be read.</exception>
    internal void CatchUp(IEngineStore store, long nextOffset, ILogger logger)
    {
        lock (_gate)
        {
            if (_nextOffset > nextOffset)
            {
                // The store is an older one, put back: what is known is of another history.
                EngineLog.LearnedElsewhere(logger, _nextOffset, nextOffset);
                _nextOffset = nextOffset;
            }

            if (Variants.HasVariants && !_isHistory && _nextOffset < nextOffset)
            {
                foreach (var row in store.ReadLog(_nextOffset)) Hear(row, store.Name);
            }

            _nextOffset = nextOffset;
        }
    }

    /// <summary>A unit is committed; one caller at a time, in the order of the log.</summary>
    internal void Committed(CommitUnit unit)
    {
        if (unit.Log is not null || unit.Variants.Count > 0)
        {
            lock (_gate)
            {
                foreach (var note in unit.Variants) Hear(note);
                if (unit.Log is { } log) _nextOffset = log.EndOffset;
            }
        }

        foreach (var seen in unit.Seen) Hear(seen);
    }

    private void Load(ReadOnlySpan<byte> bytes, Instant? rolledBackAt)
    {
        var reader = Open(bytes, out var format);
        var offset = reader.Signed();
        lock (_gate)
        {
            // The checksum holds: what follows is what this program wrote, or one before it.
            Variants.Load(ref reader, rolledBackAt);
            if (rolledBackAt is null) _nextOffset = offset;
        }

        if (format == FormatOfVariants) return;
        if (reader.Bool()) (Items ?? new LiveItems(new LiveItemsOptions())).Load(ref reader);
        if (reader.Bool()) (Statistics ?? new ShopStatistics(new ShopStatisticsOptions())).Load(ref reader);
    }

    private Instant Now => Instant.From(_time.GetUtcNow());

    private void Hear(LogRow row, string source)
    {
        var reader = new LogRecordReader(row.Body.Span, source);
        for (var offset = row.FirstOffset; reader.TryRead(out var record); offset++)
        {
            if (offset < _nextOffset) continue;
            if (record.Kind == RecordKind.Decision && record.Payload.IndexOf("\"choice\""u8) >= 0)
            {
                var entry = DecisionRecord.ReadEntry(DecisionPayload.ReadDecision(record.Payload, out _));
                if (entry.Given is { } given) Hear(new VariantNote(given, null, given.DecidedAt));
            }
            else if (record.Kind == RecordKind.Outcome && record.Payload.IndexOf("\"given\""u8) >= 0)
            {
                var outcome = DecisionPayload.ReadOutcome(record.Payload);
                if (outcome.Given is { } given) Hear(new VariantNote(given, outcome.Outcome, outcome.At));
            }
        }
    }

    private void Hear(in SeenEvent seen)
    {
        Statistics?.Saw(seen.Event);
        if (Items is null || !seen.IsNextItem) return;
        var product = seen.Event.Products[0].ProductId;
        var before = seen.Before;
        if (_order is { } order && seen.Count > 0) _judge!.Judge(order, product, before[..seen.Count], seen.NewestAt, seen.EarlierAt);
        Items.Saw(product, EntityHash.Item(product), before[..seen.Count], seen.Event.OccurredAt);
    }

    private void Hear(in VariantNote note)
    {
        if (_isHistory) return;
        if (note.Outcome is { } outcome) Variants.NoteOutcome(note.Given, outcome, note.At);
        else Variants.NoteGiven(note.Given);
    }

    private static ByteReader Open(ReadOnlySpan<byte> bytes, out byte format)
    {
        var reader = CheckedBytes.Open(bytes);
        var head = reader.Fixed64();
        if ((uint)head != Magic) throw reader.Malformed("it is not what an engine has learned");
        format = (byte)(head >> 32);
        return format is FormatOfVariants or FormatVersion ? reader
            : throw reader.Malformed($"what was learned has format {format}, this program reads {FormatOfVariants} and {FormatVersion}");
    }
}
