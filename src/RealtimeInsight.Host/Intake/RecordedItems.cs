using System.Diagnostics.CodeAnalysis;
using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Host.Intake;

/// <summary>
/// Reads recorded items, one JSON object each in the form that <c>/v1/batch</c> takes, by the rules of the HTTP intake. They were received
/// when they say so (<c>receivedAt</c>, else <c>sentAt</c>, else their own time), not now. Not thread-safe.
/// </summary>
public sealed class RecordedItems
{
    private readonly RequestParser _parser = new(new IntakeOptions().FutureMax);

    /// <summary>False with a code of <see cref="RejectCodes"/> and a message where the item is no event.</summary>
    public bool TryRead(
        ReadOnlyMemory<byte> json, [NotNullWhen(true)] out CustomerEvent? customerEvent, out string code, out string message)
    {
        customerEvent = null;
        if (_parser.TryReadJson(json, out var problem)) customerEvent = _parser.ParseRecorded(out problem);
        _parser.Clear();
        (code, message) = customerEvent is null ? (problem.Code, problem.Message) : ("", "");
        return customerEvent is not null;
    }
}
