using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Orleans.Serialization;
using Orleans.Storage;
using RealtimeInsight.Orleans.Delivery;

namespace RealtimeInsight.Orleans.Tests.Parts;

/// <summary>Grain storage that all silos of a test share and that outlives them; keeps bytes and checks e-tags like a real one.</summary>
internal sealed class SharedStorage
{
    private const string Customers = "customer";

    private readonly ConcurrentDictionary<string, (long Version, byte[] Bytes)> _rows = new();
    private readonly ConcurrentDictionary<(string Decision, long DiedAtMs), bool> _dead = new();
    private readonly Channel<ListedLetter> _died = Channel.CreateUnbounded<ListedLetter>();
    private (string StateName, int Count) _failures = ("", 0);
    private int _writes;
    private HeldWrite? _held;

    /// <summary>Of customers.</summary>
    public int Writes => Volatile.Read(ref _writes);

    public int FailuresLeft
    {
        get
        {
            lock (_rows) return _failures.Count;
        }
    }

    /// <summary>Lets the next writes of one kind of state fail.</summary>
    public void FailNext(int writes, string stateName = Customers)
    {
        lock (_rows) _failures = (stateName, writes);
    }

    /// <summary>Holds the next write of the customer's row, until it is let go or broken off.</summary>
    public HeldWrite HoldNext(string customer)
    {
        var held = new HeldWrite($"{Customers}/ri.customer/{customer}");
        lock (_rows) _held = held;
        return held;
    }

    /// <summary>Puts a customer's row there, as another silo would have.</summary>
    public void Put(string customer, byte[] row) => _rows[$"{Customers}/ri.customer/{customer}"] = (1, row);

    /// <summary>A customer's row.</summary>
    public byte[] Read(string customer) => _rows[$"{Customers}/ri.customer/{customer}"].Bytes;

    /// <summary>Keys of the rows of one kind of state.</summary>
    public IEnumerable<string> Keys(string stateName) =>
        _rows.Keys.Where(key => key.StartsWith($"{stateName}/", StringComparison.Ordinal));

    /// <summary>Keys of the rows that have this text.</summary>
    public IReadOnlyList<string> Holding(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [.. _rows.Where(row => row.Value.Bytes.AsSpan().IndexOf(bytes) >= 0).Select(static row => row.Key)];
    }

    /// <summary>Gives every customer's row a new e-tag, as a second activation's write would.</summary>
    public void WriteBehindTheBack()
    {
        foreach (var key in Keys(Customers)) _rows[key] = (_rows[key].Version + 1, _rows[key].Bytes);
    }

    /// <summary>Waits for one more letter on the list of dead letters than were waited for before.</summary>
    public Task WaitForDeadAsync() => _died.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    private void Note(DeadLetterState listed)
    {
        foreach (var letter in listed.Letters)
        {
            if (_dead.TryAdd((letter.DecisionId, letter.DiedAtMs), true)) Assert.True(_died.Writer.TryWrite(letter));
        }
    }

    private bool Fails(string stateName)
    {
        lock (_rows)
        {
            if (_failures.Count == 0 || _failures.StateName != stateName) return false;
            _failures.Count--;
            return true;
        }
    }

    private HeldWrite? TakeHeld(string key)
    {
        lock (_rows)
        {
            if (_held?.Key != key) return null;
            var held = _held;
            _held = null;
            return held;
        }
    }

    public IGrainStorage For(Serializer serializer) => new Door(this, serializer);

    private sealed class Door(SharedStorage rows, Serializer serializer) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (rows._rows.TryGetValue($"{stateName}/{grainId}", out var row))
            {
                grainState.State = serializer.Deserialize<T>(row.Bytes)!;
                grainState.ETag = row.Version.ToString(CultureInfo.InvariantCulture);
                grainState.RecordExists = true;
            }

            return Task.CompletedTask;
        }

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (rows.Fails(stateName)) throw new IOException("the storage does not answer");
            var key = $"{stateName}/{grainId}";
            if (rows.TakeHeld(key) is { } held) await held.WaitAsync();
            var current = rows._rows.TryGetValue(key, out var row) ? row.Version : 0;
            var known = grainState.ETag is null ? 0 : long.Parse(grainState.ETag, CultureInfo.InvariantCulture);
            if (known != current) throw new InconsistentStateException($"the row is at {current}, the writer knows {known}");
            rows._rows[key] = (current + 1, serializer.SerializeToArray(grainState.State));
            grainState.ETag = (current + 1).ToString(CultureInfo.InvariantCulture);
            grainState.RecordExists = true;
            if (grainState.State is DeadLetterState listed) rows.Note(listed);
            if (stateName == Customers) Interlocked.Increment(ref rows._writes);
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            rows._rows.TryRemove($"{stateName}/{grainId}", out _);
            (grainState.State, grainState.ETag, grainState.RecordExists) = (Activator.CreateInstance<T>(), null, false);
            return Task.CompletedTask;
        }
    }
}
