using System.Buffers;
using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Insights.Learning;

namespace RealtimeInsight.Insights.Recommendation;

/// <summary>
/// A trained recommender as bytes: its items, the sessions of its index and the trees of its order. Sessions hold items and times, and
/// nothing of whose they were.
/// </summary>
public static class NextItemFile
{
    public const int ItemsMax = 5_000_000;
    public const int SessionsMax = 2_000_000;

    /// <summary>Looks of one session; the newest are kept.</summary>
    public const int LooksMax = 200;

    private const byte FormatVersion = 1;

    public static byte[] Write(NextItemRecommender recommender)
    {
        ArgumentNullException.ThrowIfNull(recommender);
        var output = new ArrayBufferWriter<byte>();
        var writer = new ByteWriter(output);
        writer.Byte(FormatVersion);
        var catalogue = recommender.Catalogue;
        writer.Unsigned((ulong)catalogue.Count);
        for (var item = 0; item < catalogue.Count; item++)
        {
            writer.Text(catalogue.Ids[item]);
            writer.Unsigned((ulong)catalogue.CategoryOf(item));
        }

        writer.Unsigned((ulong)recommender.Sessions.Count);
        foreach (var session in recommender.Sessions)
        {
            writer.Unsigned((ulong)session.Items.Length);
            for (var i = 0; i < session.Items.Length; i++)
            {
                writer.Unsigned((ulong)session.Items[i]);
                writer.Double(session.Times[i]);
            }
        }

        writer.Bool(recommender.Trees is not null);
        recommender.Trees?.Write(writer);
        return output.WrittenSpan.ToArray();
    }

    /// <exception cref="FormatException">It is not what <see cref="Write"/> wrote, or of another version.</exception>
    public static NextItemRecommender Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var format = reader.Byte();
        if (format != FormatVersion) throw reader.Malformed($"next items have format {format}, this program reads {FormatVersion}");
        var catalogue = new ItemCatalogue();
        for (var left = reader.Count(ItemsMax); left > 0; left--) Restore(catalogue, ref reader);
        var sessions = new List<ItemSession>();
        for (var left = reader.Count(SessionsMax); left > 0; left--) sessions.Add(ReadSession(ref reader, catalogue.Count));
        var order = reader.Bool() ? GradientBoostedTrees.Read(ref reader, CandidateSet.Width) : null;
        if (!reader.IsAtEnd) throw reader.Malformed("there are bytes behind the end");
        return new NextItemRecommender(new SessionIndex(sessions, catalogue.Count), catalogue, order);
    }

    private static void Restore(ItemCatalogue catalogue, ref ByteReader reader)
    {
        var (id, category) = (reader.Text(), reader.Unsigned32());
        try
        {
            catalogue.Restore(id, checked((int)category));
        }
        catch (Exception problem) when (problem is ArgumentException or OverflowException)
        {
            throw reader.Malformed("an item occurs twice, or its category has no number");
        }
    }

    private static ItemSession ReadSession(ref ByteReader reader, int items)
    {
        var length = reader.Count(LooksMax);
        if (length == 0) throw reader.Malformed("a session has no look");
        var session = new ItemSession(new int[length], new double[length]);
        for (var i = 0; i < length; i++)
        {
            var item = reader.Unsigned32();
            if (item >= items) throw reader.Malformed($"a session has item {item} of {items}");
            (session.Items[i], session.Times[i]) = ((int)item, reader.Double());
        }

        return session;
    }
}
