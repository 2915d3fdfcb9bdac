using Microsoft.Extensions.Logging;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Pool;

/// <summary>The pool's log events; ids 2000 to 2019.</summary>
internal static partial class PoolLog
{
    [LoggerMessage(2000, LogLevel.Information, "Model {Model} serves on {Accelerator}, in place of {Before}")]
    public static partial void Serving(ILogger logger, ModelIdentity model, Accelerator accelerator, string before);

    [LoggerMessage(2001, LogLevel.Warning, "Model {Name}/{Version} is refused: {Problem}")]
    public static partial void Refused(ILogger logger, string name, string version, string problem);

    [LoggerMessage(2002, LogLevel.Warning, "Model {Name} has no version in the repository; scores are degraded")]
    public static partial void NoVersion(ILogger logger, string name);

    [LoggerMessage(2003, LogLevel.Warning, "A run of model {Model} failed ({Failure}); {Failures} failed runs so far")]
    public static partial void RunFailed(ILogger logger, ModelIdentity model, RunFailure failure, long failures, Exception? error);

    [LoggerMessage(2004, LogLevel.Error, "Model {Model} failed {Failures} times in a row and rests for {CoolDown}; scores are degraded")]
    public static partial void Broken(ILogger logger, ModelIdentity model, int failures, TimeSpan coolDown);

    [LoggerMessage(2005, LogLevel.Information, "Model {Model} is warm; its runs are padded to {BatchSizes} rows")]
    public static partial void WarmedUp(ILogger logger, ModelIdentity model, string batchSizes);
}
