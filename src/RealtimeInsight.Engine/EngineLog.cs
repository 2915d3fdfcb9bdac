using Microsoft.Extensions.Logging;

namespace RealtimeInsight.Engine;

/// <summary>The engine's log events; ids 3000 to 3099.</summary>
internal static partial class EngineLog
{
    [LoggerMessage(3000, LogLevel.Information,
        "Engine is ready: {Customers} customers, {Replayed} log records replayed, {Shards} shards, store {Store}, in {Elapsed}")]
    public static partial void Ready(ILogger logger, long customers, long replayed, int shards, string store, TimeSpan elapsed);

    [LoggerMessage(3001, LogLevel.Information, "Engine has stopped; everything acknowledged is in {Store}")]
    public static partial void Stopped(ILogger logger, string store);

    [LoggerMessage(3002, LogLevel.Warning, "Commit failed (try {Tries}), nothing is acknowledged; trying again in {Wait}: {Reason}")]
    public static partial void CommitFailed(ILogger logger, int tries, TimeSpan wait, string reason);

    [LoggerMessage(3003, LogLevel.Information, "Commits work again, at try {Tries}")]
    public static partial void CommitWorksAgain(ILogger logger, int tries);

    [LoggerMessage(3004, LogLevel.Error, "Commit failed for good: the engine takes no more events until it is started again")]
    public static partial void CommitLost(ILogger logger, Exception exception);

    [LoggerMessage(3005, LogLevel.Error,
        "Shard {Shard} stopped on an unexpected error: the engine takes no more events until it is started again")]
    public static partial void ShardFailed(ILogger logger, int shard, Exception exception);

    [LoggerMessage(3006, LogLevel.Warning, "Action channel {Channel} failed on attempt {Attempt}: {Detail}")]
    public static partial void DeliveryFailed(ILogger logger, string channel, int attempt, string? detail);

    [LoggerMessage(3007, LogLevel.Error, "An action on channel {Channel} is given up after {Attempts} attempts: {Detail}")]
    public static partial void DeliveryDead(ILogger logger, string channel, int attempts, string? detail);

    [LoggerMessage(3008, LogLevel.Error, "Delivery on channel {Channel} could not read the outbox; trying again in {Wait}")]
    public static partial void OutboxUnreadable(ILogger logger, string channel, TimeSpan wait, Exception exception);

    [LoggerMessage(3010, LogLevel.Warning,
        "Shard {Shard} cannot read saved customers (try {Tries}), its events wait; trying again in {Wait}")]
    public static partial void ReadFailed(ILogger logger, int shard, int tries, TimeSpan wait, Exception exception);

    [LoggerMessage(3011, LogLevel.Information, "Shard {Shard} reads saved customers again, at try {Tries}")]
    public static partial void ReadsWorkAgain(ILogger logger, int shard, int tries);

    [LoggerMessage(3030, LogLevel.Error,
        "{Mismatches} decisions up to log record {Offset} have features that differ from those that their log gives")]
    public static partial void FeaturesDiffer(ILogger logger, int mismatches, long offset);

    [LoggerMessage(3031, LogLevel.Warning, "A history could not be replayed for comparison; the next decision's is tried")]
    public static partial void AuditFailed(ILogger logger, Exception exception);

    [LoggerMessage(3040, LogLevel.Warning,
        "A customer's saved state is damaged and was made anew from {Records} log records; it is saved again. {Store}: {What}")]
    public static partial void StateRebuilt(ILogger logger, string store, string what, int records);

    [LoggerMessage(3041, LogLevel.Error, "A customer cannot be read, its events are kept aside as rejects. {Store}: {What}")]
    public static partial void CustomerLost(ILogger logger, string store, string what);

    [LoggerMessage(3042, LogLevel.Warning, "A history cannot be read, a late event was put at its end: {Reason}")]
    public static partial void HistoryUnreadable(ILogger logger, string reason);

    [LoggerMessage(3043, LogLevel.Warning, "The log cannot be asked for an event's id, the event is kept aside as a reject: {Reason}")]
    public static partial void EventIdsUnreadable(ILogger logger, string reason);

    [LoggerMessage(3050, LogLevel.Warning, "What was known of the models' live quality cannot be read, it counts from now on: {Reason}")]
    public static partial void WatchUnreadable(ILogger logger, string reason);

    [LoggerMessage(3051, LogLevel.Warning, "What is known of the models' live quality is not saved now; it is tried again: {Reason}")]
    public static partial void WatchNotSaved(ILogger logger, string reason);

    [LoggerMessage(3052, LogLevel.Warning, "What was learned cannot be read, learning begins anew with the log: {Reason}")]
    public static partial void LearnedUnreadable(ILogger logger, string reason);

    [LoggerMessage(3053, LogLevel.Warning, "What is learned is not saved now; it is tried again: {Reason}")]
    public static partial void LearnedNotSaved(ILogger logger, string reason);

    [LoggerMessage(3054, LogLevel.Warning,
        "What was learned goes up to log record {Known}, the log ends at {End}: an older store was put back; what was learned is kept")]
    public static partial void LearnedElsewhere(ILogger logger, long known, long end);

    [LoggerMessage(3070, LogLevel.Information,
        "Too old: {Records} log records, {Decisions} decisions, {Actions} settled actions; the log of {Store} begins at record {Start}")]
    public static partial void Retained(ILogger logger, long records, long decisions, long actions, long start, string store);

    [LoggerMessage(3071, LogLevel.Warning, "What is old cannot go now; it is tried again in {Interval}: {Reason}")]
    public static partial void RetentionWaits(ILogger logger, TimeSpan interval, string reason);

    [LoggerMessage(3080, LogLevel.Information,
        "A customer was erased ({Ids} ids): {Records} log records, {States} saved states, {Decisions} decisions, {Rejects} rejects")]
    public static partial void Erased(ILogger logger, int ids, int records, int states, int decisions, int rejects);

    [LoggerMessage(3081, LogLevel.Warning,
        "{Erasures} erasures were not finished now, their customers are gone all the same; the next start goes on: {Reason}")]
    public static partial void ErasureWaits(ILogger logger, int erasures, string reason);

    [LoggerMessage(3009, LogLevel.Warning, "A read failed; its caller has the error")]
    public static partial void QueryFailed(ILogger logger, Exception exception);
}
