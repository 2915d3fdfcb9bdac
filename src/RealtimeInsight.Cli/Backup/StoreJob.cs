using System.Globalization;
using System.Text.Json;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Storage.Sqlite;

namespace RealtimeInsight.Cli.Backup;

/// <summary>What the verbs that look after a data folder do: work with progress, then say what there is.</summary>
internal sealed class StoreJob(CliConsole console, bool json)
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public int Backup(string dataDir, string file, CancellationToken cancellationToken) => Run(
        "copied and read back", progress => StoreBackup.Write(dataDir, file, progress, cancellationToken));

    public int Restore(string file, string dataDir, bool force, CancellationToken cancellationToken)
    {
        var moment = console.Time.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        var aside = Path.Combine(Path.GetFullPath(dataDir), $"before-restore-{moment}");
        var code = Run(
            "restored", progress => StoreBackup.Restore(file, dataDir, force, aside, progress, cancellationToken));
        if (Directory.Exists(aside)) console.Error.WriteLine($"What was there before is in {aside}; delete it when it is not needed.");
        return code;
    }

    public int Check(string path, CancellationToken cancellationToken) => Run(
        "read in full", _ => StoreCheck.Run(path, cancellationToken), problem => Unreadable(path, problem));

    /// <summary>The line of JSON for a file of which nothing can be read.</summary>
    private void Unreadable(string path, StoreException problem)
    {
        if (!json) return;
        var known = new { Path = path, Bytes = new FileInfo(path).Length, Readable = false, IsSound = false, Problem = problem.Message };
        console.Out.WriteLine(JsonSerializer.Serialize(known, s_json));
    }

    private int Run(string done, Func<Action<CopyProgress>, StoreReport> work, Action<StoreException>? failed = null)
    {
        var status = new StatusLine(console);
        var shown = -1L;
        StoreReport report;
        try
        {
            report = work(progress =>
            {
                var percent = progress.PagesTotal == 0 ? 100 : progress.Pages * 100 / progress.PagesTotal;
                if (percent == shown || (percent % 10 != 0 && console.ErrorColumns is null)) return;
                shown = percent;
                status.Show(string.Create(CultureInfo.InvariantCulture, $"copying: {percent} % of {progress.PagesTotal:#,0} pages"));
            });
        }
        catch (StoreInputException problem)
        {
            throw new CliException(problem.Message, ExitCodes.Usage, problem);
        }
        catch (StoreException problem)
        {
            failed?.Invoke(problem);
            throw CliException.Failure(problem.Message, problem);
        }
        finally
        {
            status.End();
        }

        console.Out.WriteLine($"{report.Path}: {done}; {report.Summary}.");
        foreach (var damage in report.Damages) console.Out.WriteLine($"  damaged: {damage}");
        if (!report.IsSound) console.Out.WriteLine("Restore a backup: insight restore --from FILE --data-dir DIR --force");
        if (json) console.Out.WriteLine(JsonSerializer.Serialize(report, s_json));
        return report.IsSound ? ExitCodes.Success : ExitCodes.Failure;
    }
}
