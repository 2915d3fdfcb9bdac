using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Scoring;

namespace RealtimeInsight.Cli.Features;

/// <summary>
/// Writes what the model learns from: events go through the customer's own state machine, and the features that the engine would
/// score are written row by row, with labels of what came after. One row an event in stream order; memory grows by about 40 bytes
/// a row and 2 KB a customer.
/// </summary>
public sealed class TensorWriter : IDisposable
{
    private readonly string _folder;
    private readonly CustomerMachine _machine;
    private readonly ArrayFile<float> _tokens;
    private readonly ArrayFile<short> _ids;
    private readonly ArrayFile<float> _profiles;
    private readonly ArrayFile<long> _times;
    private readonly ArrayFile<sbyte> _labels;
    private readonly ArrayFile<short> _nextItems;
    private readonly ArrayFile<int> _sequenceRows;
    private readonly ArrayFile<int> _sequenceStarts;
    private readonly ArrayFile<byte> _sequenceDraws;
    private readonly List<FeatureSetSource> _sources = [];
    private int _rows;
    private int _sequences;

    /// <param name="folder">Is created; files of an earlier run in it are replaced.</param>
    /// <param name="options">As the engine that will serve the model has them.</param>
    public TensorWriter(string folder, CustomerOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        _folder = Directory.CreateDirectory(folder).FullName;
        File.Delete(Path.Combine(_folder, FeatureSet.FileName));
        _machine = new CustomerMachine(options);
        _tokens = new ArrayFile<float>(_folder, "tokens", "float32", ModelContract.TokenFeatures);
        _ids = new ArrayFile<short>(_folder, "ids", "int16", ModelContract.TokenIds);
        _profiles = new ArrayFile<float>(_folder, "profiles", "float32", ModelContract.ProfileFeatures);
        _times = new ArrayFile<long>(_folder, "times", "int64");
        _labels = new ArrayFile<sbyte>(_folder, "labels", "int8", OutcomeLabels.Heads);
        _nextItems = new ArrayFile<short>(_folder, "next_items", "int16");
        _sequenceRows = new ArrayFile<int>(_folder, "sequence_rows", "int32");
        _sequenceStarts = new ArrayFile<int>(_folder, "sequence_starts", "int32");
        _sequenceDraws = new ArrayFile<byte>(_folder, "sequence_draws", "uint8");
    }

    /// <summary>Writes one source behind those before it.</summary>
    /// <param name="onRow">Is told of every event with its number in the source, for a progress line; null: nobody is.</param>
    public void Write(FeatureSource source, Action<CustomerEvent, long>? onRow, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var people = new People();
        var rows = new List<HistoryRow>();
        var actors = new List<People.Actor>();
        var effects = new EffectBuffer();
        var skipped = 0L;
        foreach (var customerEvent in source.Events)
        {
            cancellationToken.ThrowIfCancellationRequested();
            AppendDigest(hash, customerEvent);
            var actor = people.Of(customerEvent);
            if (_machine.Admit(actor.State, customerEvent) != Admission.New)
            {
                skipped++;
                continue;
            }

            effects.Clear();
            _machine.Apply(actor.State, customerEvent, effects);
            rows.Add(AppendFeatures(customerEvent, actor));
            actors.Add(actor);
            onRow?.Invoke(customerEvent, rows.Count);
        }

        if (rows.Count == 0) throw CliException.Failure($"the source {source.Name} has no event that can be used");
        AppendLabels(source, rows, people.PersonCount);
        AppendSequences(actors, people.ActorCount);
        _sources.Add(new FeatureSetSource(
            source.Name, source.Licence, _rows, rows.Count, _sequences, people.ActorCount, skipped,
            rows[0].At.ToString(), rows[^1].At.ToString(), Convert.ToHexStringLower(hash.GetHashAndReset())));
        _rows += rows.Count;
        _sequences += people.ActorCount;
    }

    /// <summary>Ends the files and writes their description, which marks the folder as complete.</summary>
    public FeatureSet Finish(long seed)
    {
        _sequenceStarts.Append([_rows]);
        FeatureArray[] arrays =
        [
            _tokens.Finish(), _ids.Finish(), _profiles.Finish(), _times.Finish(), _labels.Finish(), _nextItems.Finish(),
            _sequenceRows.Finish(), _sequenceStarts.Finish(), _sequenceDraws.Finish(),
        ];
        var digest = SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(arrays.Select(array => array.Digest))));
        var set = new FeatureSet(
            FeatureSet.VersionWritten, FeatureSchema.Hash, ModelContract.Version,
            FeatureSchema.TokenNames, FeatureSchema.IdNames, FeatureSchema.ProfileNames, ["churn", "abandonment", "purchase"],
            new FeatureHorizons(
                OutcomeLabels.ChurnHorizon.TotalDays,
                OutcomeLabels.AbandonmentHorizon.TotalHours,
                OutcomeLabels.PurchaseHorizon.TotalHours),
            seed, _rows, _sequences, Convert.ToHexStringLower(digest), _sources, arrays);
        File.WriteAllText(Path.Combine(_folder, FeatureSet.FileName), set.ToJson() + "\n");
        return set;
    }

    public void Dispose()
    {
        foreach (IDisposable file in (IDisposable[])
            [_tokens, _ids, _profiles, _times, _labels, _nextItems, _sequenceRows, _sequenceStarts, _sequenceDraws])
        {
            file.Dispose();
        }
    }

    private HistoryRow AppendFeatures(CustomerEvent customerEvent, People.Actor actor)
    {
        Span<float> token = stackalloc float[ModelContract.TokenFeatures];
        Span<long> ids = stackalloc long[ModelContract.TokenIds];
        Span<float> profile = stackalloc float[ModelContract.ProfileFeatures];
        Span<short> shortIds = stackalloc short[ModelContract.TokenIds];
        var at = customerEvent.OccurredAt;
        FeatureExtractor.Token(actor.State, token, ids);
        FeatureExtractor.Profile(actor.State, at, profile);
        for (var i = 0; i < ids.Length; i++) shortIds[i] = checked((short)ids[i]);
        _tokens.Append(token);
        _ids.Append(shortIds);
        _profiles.Append(profile);
        _times.Append([at.UnixMs]);
        return new HistoryRow(
            at, customerEvent.Kind, actor.Person, shortIds[^1],
            OutcomeRules.OrderOf(customerEvent),
            IsCartOpen: actor.State.Cart is { } cart && CartStates.IsOpen(cart.State));
    }

    private void AppendLabels(FeatureSource source, List<HistoryRow> rows, int persons)
    {
        var labels = new sbyte[rows.Count * OutcomeLabels.Heads];
        var nextItems = new short[rows.Count];
        OutcomeLabels.Write(
            CollectionsMarshal.AsSpan(rows), persons, end: rows[^1].At,
            _machine.Options.SessionGap, source.Known, labels, nextItems);
        _labels.Append(labels);
        _nextItems.Append(nextItems);
    }

    /// <summary>Groups the rows by customer; a draw, 0 to 99 by the hash of the id, splits customers without naming them.</summary>
    private void AppendSequences(List<People.Actor> actors, int actorCount)
    {
        var starts = new int[actorCount + 1];
        var draws = new byte[actorCount];
        foreach (var actor in actors)
        {
            starts[actor.Index + 1]++;
            draws[actor.Index] = (byte)(actor.State.Id.StableHash % 100);
        }

        for (var i = 0; i < actorCount; i++) starts[i + 1] += starts[i];
        var next = starts[..^1];
        var rows = new int[actors.Count];
        for (var row = 0; row < actors.Count; row++) rows[next[actors[row].Index]++] = _rows + row;
        for (var i = 0; i < starts.Length; i++) starts[i] += _rows;
        _sequenceRows.Append(rows);
        _sequenceStarts.Append(starts.AsSpan(0, actorCount));
        _sequenceDraws.Append(draws);
    }

    private static void AppendDigest(IncrementalHash hash, CustomerEvent customerEvent)
    {
        Span<byte> bytes = stackalloc byte[25];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, customerEvent.Id.StableHash);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], customerEvent.Customer.StableHash);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], customerEvent.OccurredAt.UnixMs);
        bytes[24] = (byte)customerEvent.Kind;
        hash.AppendData(bytes);
    }
}
