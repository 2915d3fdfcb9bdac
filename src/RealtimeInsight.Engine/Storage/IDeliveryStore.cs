using System.Globalization;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Engine.Storage;

/// <summary>What delivery keeps beside the pending actions: those given up, and endpoints that are disabled.</summary>
public interface IDeliveryStore
{
    /// <summary>Dead entries that pass the filter, the newest death first, after the position.</summary>
    IReadOnlyList<DeadLetter> ReadDeadLetters(DeadLetterFilter filter, DeadLetterPosition? after, int limit);

    /// <summary>One outbox entry, whatever its state; null when there is none.</summary>
    OutboxEntry? FindOutbox(string decisionId);

    /// <summary>Endpoints that are disabled.</summary>
    IReadOnlyList<EndpointRow> ReadEndpoints();
}

/// <summary>Place of a dead letter in the order of the list.</summary>
public sealed record DeadLetterPosition(Instant DiedAt, string DecisionId)
{
    public static DeadLetterPosition Of(DeadLetter letter)
    {
        ArgumentNullException.ThrowIfNull(letter);
        return new DeadLetterPosition(letter.DiedAt, letter.DecisionId);
    }

    /// <exception cref="FormatException">The text was not made by <see cref="ToCursor"/>.</exception>
    public static DeadLetterPosition Parse(string cursor)
    {
        ArgumentNullException.ThrowIfNull(cursor);
        var dot = cursor.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0 && long.TryParse(cursor.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var at))
        {
            return new DeadLetterPosition(new Instant(at), cursor[(dot + 1)..]);
        }

        throw new FormatException("the cursor is not one of this list; take it from 'next' of the page before");
    }

    public string ToCursor() => string.Create(CultureInfo.InvariantCulture, $"{DiedAt.UnixMs}.{DecisionId}");
}

/// <param name="SettledAt">When it was delivered or died; <see cref="Instant.None"/> while pending.</param>
public sealed record OutboxEntry(OutboxRow Row, OutboxState State, Instant SettledAt);
