using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.TestKit.Conformance;

/// <summary>A running engine of any kind with its clock, the policy of <see cref="ConformanceShop"/> and a channel named log.</summary>
public interface IEngineUnderTest : IAsyncDisposable
{
    /// <summary>The engine; after <see cref="CrashAsync"/> perhaps another object.</summary>
    ICustomerEngine Engine { get; }

    /// <summary>Every attempt at a delivery.</summary>
    IReadOnlyCollection<ActionMessage> Sent { get; }

    /// <summary>What the channel answers to attempts; delivered unless it is set.</summary>
    Func<ActionMessage, DeliveryResult> Answer { set; }

    /// <summary>Waits for one more dead letter on record than were waited for before.</summary>
    Task WaitForDeadAsync();

    /// <summary>Waits for one more attempt than were waited for before.</summary>
    Task WaitForOneAsync();

    /// <summary>Sets the clock; returns when all that is due by then has happened.</summary>
    Task SetTimeAsync(Instant now);

    /// <summary>Erases a customer; the clock may move on by up to 14 hours.</summary>
    Task<ErasureResult?> EraseAsync(string customer);

    /// <summary>Follows the live notices; returns when nothing is missed any more. The caller disposes it.</summary>
    Task<IAsyncEnumerator<EngineNotice>> FollowAsync();

    /// <summary>Ends a part of the engine without a warning, and goes on with the rest or a new start.</summary>
    Task CrashAsync();
}
