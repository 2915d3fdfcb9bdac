using Microsoft.Extensions.ObjectPool;

namespace RealtimeInsight.Host.Intake;

/// <summary>Makes the parsers of a pool.</summary>
/// <param name="futureMax">How far ahead of the time of receipt an event may be.</param>
internal sealed class ParserPolicy(TimeSpan futureMax) : PooledObjectPolicy<RequestParser>
{
    public override RequestParser Create() => new(futureMax);

    public override bool Return(RequestParser obj) => true;
}
