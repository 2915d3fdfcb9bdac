using RealtimeInsight.Insights.Evaluation;

namespace RealtimeInsight.Cli.Evaluate;

/// <summary>Runs one evaluation and writes what it found.</summary>
internal sealed class EvaluationJob(CliConsole console)
{
    /// <summary>Returns the exit code; what is wrong with the request or its data is thrown as a usage error.</summary>
    public int Run(EvaluationRequest request, CancellationToken cancellationToken)
    {
        var task = EvaluationTask.All.FirstOrDefault(known => known.Name == request.Task)
            ?? throw CliException.Usage(
                $"task '{request.Task}' is not known; the tasks are {string.Join(", ", EvaluationTask.All.Select(known => known.Name))}");
        // Hyphens and underscores are the same, as in the other verbs.
        var named = request.Format.Replace('-', '_');
        var format = task.Formats.FirstOrDefault(known => known.Equals(named, StringComparison.OrdinalIgnoreCase))
            ?? throw CliException.Usage($"--format {request.Format}: the task {task.Name} reads {string.Join(", ", task.Formats)}");
        request = request with { Format = format };
        foreach (var path in request.Train) TableFile.Files(path, "--train");
        foreach (var path in request.Test) TableFile.Files(path, "--test");
        var progress = new EvaluationProgress(console, cancellationToken);
        EvaluationReport report;
        try
        {
            report = task.Run(request, progress);
        }
        catch (EvaluationException problem)
        {
            throw CliException.Usage($"{task.Name}: {problem.Message}");
        }
        finally
        {
            progress.End();
        }

        ReportWriter.WriteTables(console.Out, report);
        if (request.Json) console.Out.WriteLine(ReportWriter.ToJsonLine(report, request.Seed, progress.Elapsed));
        return ExitCodes.Success;
    }
}
