using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Text;

namespace RealtimeInsight.Host.Text;

/// <summary>
/// Labels what customers write on its way into the engine: reviews, service messages, mentions. The labels are kept with the event. A text
/// that cannot be labelled in time, or is in a language that the model does not know, goes on without: events never wait for a model that
/// is not there. Thread-safe.
/// </summary>
internal sealed class TextLabeller(TextService texts)
{
    /// <summary>Senders of service messages that are the shop, not the customer.</summary>
    private static readonly string[] s_shopSenders = ["agent", "bot", "operator", "shop", "support"];

    /// <summary>Whether there is anything to label, and a model to do it.</summary>
    public bool HasWork(IngestBatch batch) => texts.Pool is not null && HasTexts(batch);

    /// <summary>Whether there is anything to label, and it is asked for.</summary>
    public bool HasTexts(IngestBatch batch)
    {
        if (!texts.Options.LabelEvents) return false;
        for (var i = 0; i < batch.Events.Count; i++)
        {
            if (IsOfCustomer(batch.Events[i])) return true;
        }

        return false;
    }

    /// <summary>The same batch, its texts labelled.</summary>
    public async ValueTask<IngestBatch> LabelAsync(IngestBatch batch, CancellationToken cancellationToken)
    {
        if (texts.Pool is not { } pool) return batch;
        CustomerEvent[] events = [.. batch.Events];
        var waiting = new List<(int At, Task<TextReply> Reply)>();
        for (var i = 0; i < events.Length; i++)
        {
            if (!IsOfCustomer(events[i])) continue;
            waiting.Add((i, pool.ClassifyAsync(events[i].Text!, texts.Options.LabelTimeout, cancellationToken).AsTask()));
        }

        foreach (var (at, task) in waiting)
        {
            var reply = await task.ConfigureAwait(false);
            if (reply.Outcome == ScoreOutcome.Scored) events[at] = events[at] with { Labels = Of(reply, pool) };
        }

        cancellationToken.ThrowIfCancellationRequested();
        return batch with { Events = events };
    }

    private static bool IsOfCustomer(CustomerEvent item) => item.Text is { Length: > 0 } && item.Labels is null && item.Kind switch
    {
        EventKind.ReviewPosted or EventKind.SocialMention => true,
        EventKind.ServiceMessage => !s_shopSenders.Contains(item.Subject, StringComparer.OrdinalIgnoreCase),
        _ => false,
    };

    /// <summary>What the customer's state has a place for; other labels are told by the API alone.</summary>
    private static TextLabels Of(TextReply reply, TextPool pool)
    {
        var (sentiment, topics) = ((float?)null, TextTopics.None);
        for (var i = 0; i < pool.Labels.Count; i++)
        {
            var probability = reply.Probabilities.Span[i];
            if (pool.Labels[i] == "positive") sentiment = Math.Clamp(probability, 0f, 1f);
            else if (probability >= 0.5f) topics |= TopicNames.Find(pool.Labels[i]);
        }

        return new TextLabels(sentiment, topics);
    }
}
