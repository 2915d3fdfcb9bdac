using System.Collections.Concurrent;
using System.Globalization;
using Orleans.Serialization;
using Orleans.Storage;

namespace RealtimeInsight.Orleans.Tests.Parts;

/// <summary>Grain storage that all silos of a test share and that outlives them; keeps bytes and checks e-tags like a real one.</summary>
internal sealed class SharedStorage
{
    private readonly ConcurrentDictionary<string, (long Version, byte[] Bytes)> _rows = new();
    private int _failures;
    private int _writes;

    public int Writes => Volatile.Read(ref _writes);

    public int FailuresLeft => Math.Max(0, Volatile.Read(ref _failures));

    /// <summary>Lets the next writes fail.</summary>
    public void FailNext(int writes) => Volatile.Write(ref _failures, writes);

    /// <summary>Gives every row a new e-tag, as a second activation's write would.</summary>
    public void WriteBehindTheBack()
    {
        foreach (var (key, row) in _rows) _rows[key] = (row.Version + 1, row.Bytes);
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

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (Interlocked.Decrement(ref rows._failures) >= 0) throw new IOException("the storage does not answer");
            var key = $"{stateName}/{grainId}";
            var current = rows._rows.TryGetValue(key, out var row) ? row.Version : 0;
            var known = grainState.ETag is null ? 0 : long.Parse(grainState.ETag, CultureInfo.InvariantCulture);
            if (known != current) throw new InconsistentStateException($"the row is at {current}, the writer knows {known}");
            rows._rows[key] = (current + 1, serializer.SerializeToArray(grainState.State));
            grainState.ETag = (current + 1).ToString(CultureInfo.InvariantCulture);
            grainState.RecordExists = true;
            Interlocked.Increment(ref rows._writes);
            return Task.CompletedTask;
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            rows._rows.TryRemove($"{stateName}/{grainId}", out _);
            return Task.CompletedTask;
        }
    }
}
