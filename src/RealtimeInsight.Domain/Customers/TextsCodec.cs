using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Profiles;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Customers;

/// <summary>Binary form of what texts said: labels, as events hold them, and a customer's history of them.</summary>
internal static class TextsCodec
{
    /// <summary>Labels take no more bytes than this.</summary>
    public const int LabelsMax = 1 + sizeof(float) + SpanWriter.NumberMax;

    public static void WriteLabels(ref SpanWriter writer, TextLabels labels)
    {
        writer.Bool(labels.Sentiment.HasValue);
        if (labels.Sentiment is { } sentiment) writer.Single(sentiment);
        writer.Unsigned((uint)labels.Topics);
    }

    public static TextLabels ReadLabels(ref ByteReader reader)
    {
        float? sentiment = reader.Bool() ? reader.Single() : null;
        if (sentiment is not (null or (>= 0f and <= 1f))) throw reader.Malformed($"sentiment is {sentiment}, a probability is 0 to 1");
        return new TextLabels(sentiment, ReadTopics(ref reader));
    }

    public static void Write(ref SpanWriter writer, TextHistory history, Instant newest)
    {
        WriteLabels(ref writer, history.Newest);
        writer.Moment(history.NewestAt, newest);
        writer.Unsigned((uint)history.Texts);
        writer.Unsigned((uint)history.Complaints);
        if (history.Complaints == 0) return;
        writer.Unsigned((uint)history.ComplaintTopics);
        writer.Moment(history.ComplaintAt, newest);
    }

    public static TextHistory Read(ref ByteReader reader, Instant newest)
    {
        var history = new TextHistory { Newest = ReadLabels(ref reader), NewestAt = reader.Moment(newest) };
        history.Texts = reader.Count(int.MaxValue);
        history.Complaints = reader.Count(history.Texts);
        if (history.Complaints == 0) return history;
        history.ComplaintTopics = ReadTopics(ref reader);
        history.ComplaintAt = reader.Moment(newest);
        return history;
    }

    private static TextTopics ReadTopics(ref ByteReader reader)
    {
        var topics = (TextTopics)reader.Unsigned16();
        return (topics & ~TopicNames.Known) == 0 ? topics : throw reader.Malformed($"unknown topics {topics & ~TopicNames.Known}");
    }
}
