using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Engine.Watching;

/// <summary>
/// What is kept of the watch over a restart: magic and version, the log's end when it was taken, the versions' tallies, the followed
/// scores by head, and XXH64 of all that. Samples of inputs are not kept; they fill again within a window.
/// </summary>
/// <param name="NextOffset">Everything in the log before it had been seen.</param>
/// <param name="FollowedUpTo">By head.</param>
/// <param name="Scores">By head, oldest first.</param>
public sealed record WatchSnapshot(long NextOffset, IReadOnlyList<ulong> FollowedUpTo, IReadOnlyList<IReadOnlyList<PendingScore>> Scores)
{
    public const int Version = 2;
    private const uint Magic = 0x57_41_49_52;
    private const int SumBytes = 8;

    /// <summary>How many wait, by head; what was let go is not kept.</summary>
    public IReadOnlyList<WaitingScores> Waiting =>
    [
        .. Scores.Select((scores, head) => new WaitingScores(
            ModelHeads.All[head], scores.Count, PendingOutcomes.ShareOf(FollowedUpTo[head]), Unfollowed: 0)),
    ];

    internal byte[] ToBytes(ModelMonitor monitor)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(NextOffset);
        monitor.Write(writer);
        for (var head = 0; head < ScoreHeads.Count; head++)
        {
            writer.Write(FollowedUpTo[head]);
            writer.Write(Scores[head].Count);
            foreach (var score in Scores[head]) Write(writer, score);
        }

        writer.Flush();
        writer.Write(StableHash.Of(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        return stream.ToArray();
    }

    /// <summary>Reads a snapshot, and its tallies into a monitor.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of another version.</exception>
    public static WatchSnapshot Read(byte[] bytes, ModelMonitor monitor)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        ArgumentNullException.ThrowIfNull(monitor);
        if (bytes.Length < 16 + SumBytes || BitConverter.ToUInt32(bytes) != Magic)
        {
            throw new InvalidDataException("it is no record of watched models");
        }

        if (StableHash.Of(bytes.AsSpan(0, bytes.Length - SumBytes)) != BitConverter.ToUInt64(bytes, bytes.Length - SumBytes))
        {
            throw new InvalidDataException("its checksum does not match");
        }

        using var reader = new BinaryReader(new MemoryStream(bytes, sizeof(uint), bytes.Length - sizeof(uint) - SumBytes));
        var version = reader.ReadInt32();
        if (version != Version) throw new InvalidDataException($"it is of version {version}, this program reads {Version}");
        var next = reader.ReadInt64();
        monitor.Read(reader);
        var followed = new ulong[ScoreHeads.Count];
        var scores = new PendingScore[ScoreHeads.Count][];
        for (var head = 0; head < ScoreHeads.Count; head++)
        {
            followed[head] = reader.ReadUInt64();
            scores[head] = new PendingScore[reader.ReadInt32()];
            for (var i = 0; i < scores[head].Length; i++) scores[head][i] = ReadScore(reader);
        }

        return new WatchSnapshot(next, followed, scores);
    }

    private static void Write(BinaryWriter writer, in PendingScore score)
    {
        writer.Write(score.Customer);
        writer.Write(score.At);
        writer.Write(score.Due);
        writer.Write(score.OwnOrder);
        writer.Write(score.Draw);
        writer.Write(score.Stamp);
        writer.Write(score.ShadowStamp);
        writer.Write(score.Score);
        writer.Write(score.ShadowScore);
        writer.Write(score.HasCome);
    }

    private static PendingScore ReadScore(BinaryReader reader) => new()
    {
        Customer = reader.ReadUInt64(),
        At = reader.ReadInt64(),
        Due = reader.ReadInt64(),
        OwnOrder = reader.ReadUInt64(),
        Draw = reader.ReadUInt64(),
        Stamp = reader.ReadUInt32(),
        ShadowStamp = reader.ReadUInt32(),
        Score = reader.ReadSingle(),
        ShadowScore = reader.ReadSingle(),
        HasCome = reader.ReadBoolean(),
    };
}
