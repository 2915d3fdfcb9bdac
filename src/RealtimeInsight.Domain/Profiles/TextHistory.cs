using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Profiles;

/// <summary>What the customer's labelled texts said. Exists only for customers who wrote one.</summary>
public sealed class TextHistory
{
    /// <summary>Of the newest text.</summary>
    public TextLabels Newest { get; internal set; }

    public Instant NewestAt { get; internal set; }

    public int Texts { get; internal set; }

    /// <summary>Texts that were rather negative than positive.</summary>
    public int Complaints { get; internal set; }

    /// <summary>What the newest complaint is about.</summary>
    public TextTopics ComplaintTopics { get; internal set; }

    /// <summary>No value before the first complaint.</summary>
    public Instant ComplaintAt { get; internal set; }

    internal void Note(TextLabels labels, Instant at)
    {
        Texts++;
        (Newest, NewestAt) = (labels, at);
        if (!labels.IsComplaint) return;
        Complaints++;
        (ComplaintTopics, ComplaintAt) = (labels.Topics, at);
    }

    /// <summary>Both together; null where there is neither.</summary>
    internal static TextHistory? Join(TextHistory? one, TextHistory? other)
    {
        if (one is null || other is null) return one ?? other;
        var newer = one.NewestAt <= other.NewestAt ? other : one;
        var complaint = one.ComplaintAt.HasValue && (!other.ComplaintAt.HasValue || one.ComplaintAt > other.ComplaintAt) ? one : other;
        return new TextHistory
        {
            Newest = newer.Newest,
            NewestAt = newer.NewestAt,
            Texts = one.Texts + other.Texts,
            Complaints = one.Complaints + other.Complaints,
            ComplaintTopics = complaint.ComplaintTopics,
            ComplaintAt = complaint.ComplaintAt,
        };
    }
}
