using System.Buffers;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Cli.Bench.Redis;

/// <summary>
/// A worker of a stateless scoring service: reads the customers of a window of events from Redis by one MGET, folds and scores each event
/// with the product's own code, writes the customers back by one MSET. Used by one thread.
/// </summary>
internal sealed class StatelessWorker : IDisposable
{
    /// <summary>One model serves here, so that any number tells where scores are from.</summary>
    private const uint Stamp = 1;

    private readonly RespConnection _redis;
    private readonly IModelRunner _runner;
    private readonly int _window;
    private readonly CustomerMachine _machine = new(new CustomerOptions());
    private readonly EffectBuffer _effects = new();
    private readonly ScoreBatch _batch;
    private readonly CustomerState[] _states;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _written = new(4096);
    private readonly int _rows;

    /// <param name="window">Most events of one round trip, all of different customers.</param>
    /// <param name="isMicroBatch">One model call a window instead of one an event.</param>
    public StatelessWorker(RespConnection redis, IModelRunner runner, int window, bool isMicroBatch)
    {
        _redis = redis;
        _runner = runner;
        _window = window;
        _rows = isMicroBatch ? window : 1;
        _batch = new ScoreBatch(_rows);
        _states = new CustomerState[window];
    }

    public void Run(ReadOnlySpan<CustomerEvent> events)
    {
        while (events.Length > 0)
        {
            var count = WindowOf(events);
            Read(events[..count]);
            for (var first = 0; first < count; first += _rows) Score(events.Slice(first, Math.Min(_rows, count - first)), first);
            Write(events[..count]);
            events = events[count..];
        }
    }

    public void Dispose()
    {
        _batch.RunnerState?.Dispose();
        _redis.Dispose();
    }

    /// <summary>A customer's second event waits for the next window: its state is not back yet.</summary>
    private int WindowOf(ReadOnlySpan<CustomerEvent> events)
    {
        _seen.Clear();
        var count = 0;
        while (count < events.Length && count < _window && _seen.Add(events[count].Customer.Value)) count++;
        return count;
    }

    private void Read(ReadOnlySpan<CustomerEvent> events)
    {
        _redis.Begin("MGET"u8, events.Length + 1);
        foreach (var item in events) _redis.Part(item.Customer.Value);
        _redis.Send();
        _redis.ReadArray();
        for (var i = 0; i < events.Length; i++)
        {
            _states[i] = _redis.TryReadBulk(out var bytes) ? CustomerStateCodec.Read(bytes) : new CustomerState(events[i].Customer);
        }
    }

    private void Score(ReadOnlySpan<CustomerEvent> events, int first)
    {
        _batch.Rows = events.Length;
        for (var row = 0; row < events.Length; row++)
        {
            var state = _states[first + row];
            _effects.Clear();
            if (_machine.Admit(state, events[row]) != Admission.New) throw CliException.Failure("an event was taken for a duplicate");
            _machine.Apply(state, events[row], _effects);
            FeatureExtractor.Token(state, _batch.TokenRow(row), _batch.IdRow(row));
            FeatureExtractor.Profile(state, state.LastSeen, _batch.ProfileRow(row));
            state.Recurrent.CopyTo(_batch.StateInRow(row));
        }

        _runner.Step(_batch);
        for (var row = 0; row < events.Length; row++)
        {
            var state = _states[first + row];
            _batch.StateOutRow(row).CopyTo(state.Recurrent);
            state.SetScores(_batch.Scores(row), Stamp, state.LastSeen);
        }
    }

    private void Write(ReadOnlySpan<CustomerEvent> events)
    {
        _redis.Begin("MSET"u8, (2 * events.Length) + 1);
        for (var i = 0; i < events.Length; i++)
        {
            _written.ResetWrittenCount();
            CustomerStateCodec.Write(_states[i], _written);
            _redis.Part(events[i].Customer.Value);
            _redis.Part(_written.WrittenSpan);
        }

        _redis.Send();
        _redis.ReadOk();
    }
}
