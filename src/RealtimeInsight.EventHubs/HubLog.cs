using Microsoft.Extensions.Logging;

namespace RealtimeInsight.EventHubs;

/// <summary>Log events of the hub reader, 7000 to 7099. No customer data.</summary>
internal static partial class HubLog
{
    [LoggerMessage(7000, LogLevel.Error, "Event {SequenceNumber} of a partition made the reader fail; it was kept as a reject.")]
    public static partial void Unreadable(ILogger logger, long sequenceNumber, Exception exception);

    [LoggerMessage(7001, LogLevel.Warning, "The engine cannot commit {Events} events of a partition; they are offered again in {Wait}.")]
    public static partial void EngineUnavailable(ILogger logger, int events, TimeSpan wait, Exception exception);

    [LoggerMessage(7002, LogLevel.Warning,
        "A checkpoint over {Events} durable events could not be saved; a restart would read them again, without effect.")]
    public static partial void CheckpointFailed(ILogger logger, int events, Exception exception);

    [LoggerMessage(7003, LogLevel.Error, "Reading the hub failed in {Operation}, partition {Partition}; it goes on from the checkpoint.")]
    public static partial void ReadingFailed(ILogger logger, string operation, string partition, Exception exception);

    [LoggerMessage(7004, LogLevel.Information, "Partition {Partition} is read from here on.")]
    public static partial void Owned(ILogger logger, string partition);

    [LoggerMessage(7006, LogLevel.Warning, "{Events} events of a partition are not durable yet; the checkpoint waits {Wait} for them.")]
    public static partial void NotDurable(ILogger logger, int events, TimeSpan wait, Exception exception);

    [LoggerMessage(7007, LogLevel.Information, "Hub {Hub} is read by group {Group}: {Partitions} partitions, shared in the group.")]
    public static partial void Reading(ILogger logger, string hub, string group, int partitions);

    [LoggerMessage(7008, LogLevel.Error, "A poison event ({Code}) is not kept: the folder holds {Files} of them. Empty it.")]
    public static partial void PoisonNotKept(ILogger logger, string code, int files);

    [LoggerMessage(7005, LogLevel.Information, "Partition {Partition} is no longer read here: {Reason}.")]
    public static partial void Released(ILogger logger, string partition, string reason);
}
