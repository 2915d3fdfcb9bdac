using Microsoft.Extensions.Logging;

namespace RealtimeInsight.Orleans;

/// <summary>Log events of the grains, 6000 to 6099. No customer data.</summary>
internal static partial class GrainLog
{
    [LoggerMessage(6000, LogLevel.Error, "A customer's state could not be saved ({Changes} changes); it is tried again in {Wait}.")]
    public static partial void SaveFailed(ILogger logger, long changes, TimeSpan wait, Exception exception);

    [LoggerMessage(6001, LogLevel.Warning,
        "A customer was saved by another activation; this one ({Changes} changes unsaved) gives way and the stream is replayed.")]
    public static partial void GivesWay(ILogger logger, long changes, Exception exception);

    [LoggerMessage(6002, LogLevel.Error,
        "A customer's state could not be saved when its grain was deactivated; {Changes} changes come back only by a replay.")]
    public static partial void LostOnDeactivation(ILogger logger, long changes, Exception exception);

    [LoggerMessage(6003, LogLevel.Warning, "Delivery of {DecisionId} through {Channel} failed in attempt {Attempt} with an exception.")]
    public static partial void DeliveryThrew(ILogger logger, string decisionId, string channel, int attempt, Exception exception);

    [LoggerMessage(6004, LogLevel.Error, "Action {DecisionId} for {Channel} is dead after {Attempts} attempts: {Detail}.")]
    public static partial void ActionDead(ILogger logger, string decisionId, string channel, int attempts, string detail);

    [LoggerMessage(6005, LogLevel.Warning, "A customer whose deadline is due could not be called; it is tried again in {Wait}.")]
    public static partial void WakeFailed(ILogger logger, TimeSpan wait, Exception exception);

    [LoggerMessage(6006, LogLevel.Warning, "A part of the deadline index could not run; it is tried again in {Wait}.")]
    public static partial void DeadlinesFailed(ILogger logger, TimeSpan wait, Exception exception);

    [LoggerMessage(6007, LogLevel.Warning, "A part of the deadline index does not answer; it is asked again in {Wait}.")]
    public static partial void BucketUnreachable(ILogger logger, TimeSpan wait, Exception exception);

    [LoggerMessage(6008, LogLevel.Warning, "A merge of two customers could not be finished; it is tried again in {Wait}.")]
    public static partial void MergeNotFinished(ILogger logger, TimeSpan wait, Exception exception);

    [LoggerMessage(6009, LogLevel.Information, "Action {DecisionId} is not sent: the budget of campaign {Campaign} is spent.")]
    public static partial void OverBudget(ILogger logger, string decisionId, string campaign);

    [LoggerMessage(6010, LogLevel.Warning, "A product's counts could not be saved; it is tried again in {Wait}.")]
    public static partial void ProductNotSaved(ILogger logger, TimeSpan wait, Exception exception);

    [LoggerMessage(6011, LogLevel.Warning, "{Count} news of products were dropped: more than {Max} products were seen within a second.")]
    public static partial void ProductsDropped(ILogger logger, long count, int max);

    [LoggerMessage(6012, LogLevel.Warning, "A product could not be told what customers did with it; that is not counted.")]
    public static partial void ProductNotTold(ILogger logger, Exception exception);

    [LoggerMessage(6013, LogLevel.Error, "Dead letter {DecisionId} is dropped: its customer has more than {Max}.")]
    public static partial void DeadLetterDropped(ILogger logger, string decisionId, int max);

    [LoggerMessage(6014, LogLevel.Warning, "The list of dead letters could not be told of {Count}; it is tried again in {Wait}.")]
    public static partial void NotFiled(ILogger logger, int count, TimeSpan wait, Exception exception);

    [LoggerMessage(6015, LogLevel.Error,
        "Endpoint {Endpoint} is disabled: {Reason}; its actions become dead letters until it is enabled again.")]
    public static partial void EndpointDisabled(ILogger logger, string endpoint, string reason);

    [LoggerMessage(6016, LogLevel.Warning, "The board of the cluster does not answer; it is asked again in {Wait}.")]
    public static partial void BoardUnreachable(ILogger logger, TimeSpan wait, Exception exception);

    [LoggerMessage(6017, LogLevel.Warning, "A silo could not be shown what changed on the board; it asks for it within a second.")]
    public static partial void SiloNotShown(ILogger logger, Exception exception);

    [LoggerMessage(6018, LogLevel.Warning, "A part of the list of customers at risk could not be told; it is tried again in {Wait}.")]
    public static partial void RisksNotTold(ILogger logger, TimeSpan wait, Exception exception);

    [LoggerMessage(6019, LogLevel.Warning,
        "{Count} customers are missing in the list of those at risk: more than {Max} changed within a second.")]
    public static partial void RisksDropped(ILogger logger, long count, int max);

    [LoggerMessage(6020, LogLevel.Warning, "What variants were worth could not be told to the cluster; it is tried again in {Wait}.")]
    public static partial void VariantsNotTold(ILogger logger, TimeSpan wait, Exception exception);

    [LoggerMessage(6021, LogLevel.Warning,
        "{Count} decisions and outcomes are not learned from: more than {Max} waited to be told to the cluster.")]
    public static partial void VariantsDropped(ILogger logger, long count, int max);

    [LoggerMessage(6022, LogLevel.Information,
        "A customer with {Ids} ids was erased: events {Events}, decisions {Decisions}, rejects {Rejects}.")]
    public static partial void Erased(ILogger logger, int ids, int events, int decisions, int rejects);
}
