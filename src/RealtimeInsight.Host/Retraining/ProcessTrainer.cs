using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace RealtimeInsight.Host.Retraining;

/// <summary>Runs the configured program; what it says goes to the log, and its end with it.</summary>
internal sealed partial class ProcessTrainer(RetrainOptions options, ILogger<ProcessTrainer> logger) : ITrainer
{
    public async Task TrainAsync(string folder, CancellationToken cancellationToken)
    {
        var words = options.Command.Select(word => word.Replace(RetrainOptions.OutPlaceholder, folder, StringComparison.Ordinal)).ToArray();
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Exception fault) when (fault is Win32Exception or FileNotFoundException)
        {
            throw new TrainingFailedException($"'{words[0]}' cannot be started: {fault.Message}. Correct Retrain:Command", fault);
        }

        LogStarted(logger, process.Id);
        var last = "";
        try
        {
            await Task.WhenAll(PassAsync(process.StandardOutput), PassAsync(process.StandardError)).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        if (process.ExitCode != 0) throw new TrainingFailedException($"the trainer ended with exit code {process.ExitCode}: {last}");

        async Task PassAsync(StreamReader from)
        {
            while (await from.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
            {
                last = line;
                LogSaid(logger, line);
            }
        }
    }

    [LoggerMessage(5060, LogLevel.Information, "The trainer runs as process {Process}")]
    private static partial void LogStarted(ILogger logger, int process);

    [LoggerMessage(5061, LogLevel.Debug, "Trainer: {Line}")]
    private static partial void LogSaid(ILogger logger, string line);
}
