using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Engine;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Inference.Pool;
using RealtimeInsight.Storage.Sqlite;

namespace RealtimeInsight.Host;

/// <summary>What an embedded engine is made of. Options have to be valid; the channels, meters and loggers stay the caller's.</summary>
public sealed record EngineRecipe
{
    public required EngineOptions Engine { get; init; }

    public required CustomerOptions Customer { get; init; }

    public required Policy Policy { get; init; }

    public required InferenceOptions Inference { get; init; }

    public required SqliteStoreOptions Store { get; init; }

    public required IReadOnlyList<IActionChannel> Channels { get; init; }

    public required IMeterFactory Meters { get; init; }

    public required ILoggerFactory Loggers { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
