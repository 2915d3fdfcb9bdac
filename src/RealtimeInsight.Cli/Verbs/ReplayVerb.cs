using System.CommandLine;
using RealtimeInsight.Cli.Replay;

namespace RealtimeInsight.Cli.Verbs;

/// <summary><c>insight replay</c>: streams recorded events through the same intake, engine, model and policy as the host.</summary>
public static class ReplayVerb
{
    public static Command Create(CliConsole console, ReplayEngineFactory createEngine)
    {
        ArgumentNullException.ThrowIfNull(console);
        ArgumentNullException.ThrowIfNull(createEngine);
        var format = new Option<string>("--format")
        {
            Required = true,
            HelpName = "NAME",
            Description = EventFormats.Description,
        };
        format.CompletionSources.Add(_ => EventFormats.Names.Select(known => new System.CommandLine.Completions.CompletionItem(known)));
        var mapping = new Option<string?>("--mapping")
        {
            HelpName = "FILE",
            Description = EventFormats.MappingDescription,
        };
        var data = new Option<string>("--data")
        {
            Required = true,
            HelpName = "PATH",
            Description = "A file, or a folder whose matching files are read in name order; .gz is unpacked",
        };
        var speed = new Option<string>("--speed")
        {
            HelpName = "max|realtime|Nx",
            Description = "How fast event time passes: as fast as possible, as it happened, or N times that",
            DefaultValueFactory = _ => "max",
        };
        var limit = new Option<int?>("--limit") { HelpName = "N", Description = "Read the first N lines only" };
        var json = new Option<bool>("--json") { Description = "End with one line of JSON on standard output" };
        var dataDir = new Option<string?>("--data-dir")
        {
            HelpName = "DIR",
            Description = "Keep the engine's data here, so that a later replay or host goes on from it (default: a temporary folder)",
        };
        var policy = new Option<string?>("--policy") { HelpName = "FILE", Description = "Policy file (default: the one that ships)" };
        var models = new Option<string?>("--models") { HelpName = "DIR", Description = "Model repository (default: the one that ships)" };

        var verb = new Verb(
            "replay",
            "Stream recorded events through the same intake, engine, models and policy as the host. Event time drives every deadline. What "
            + "customers wrote is labelled as the host labels it (Text:LabelEvents=false turns that off).",
            "insight replay --format retailrocket --data ../shared/data/retailrocket",
            "insight replay --format online_retail --data orders.csv.gz --json",
            "insight replay --format csv --mapping mapping.json --data export.csv",
            "insight replay --format eshop2008 --data clicks/ --speed 3600x --limit 10000")
        {
            format, mapping, data, speed, limit, json, dataDir, policy, models,
        };
        verb.SetAction((parsed, cancellationToken) =>
        {
            var settings = new ReplaySettings
            {
                Format = parsed.GetRequiredValue(format),
                Mapping = parsed.GetValue(mapping),
                Data = parsed.GetRequiredValue(data),
                Speed = ReplaySpeed.Parse(parsed.GetRequiredValue(speed)),
                Limit = LimitOf(parsed.GetValue(limit)),
                Json = parsed.GetValue(json),
                DataDir = parsed.GetValue(dataDir),
                PolicyFile = ExistingFile(parsed.GetValue(policy), "--policy"),
                ModelsDir = ExistingFolder(parsed.GetValue(models), "--models"),
            };
            return new ReplayJob(console, createEngine).RunAsync(settings, cancellationToken);
        });
        return verb;
    }

    private static int? LimitOf(int? limit) =>
        limit is null or >= 1 ? limit : throw CliException.Usage($"--limit {limit}: give a number of lines from 1 on");

    private static string? ExistingFile(string? path, string option) =>
        path is null || File.Exists(path) ? path : throw CliException.Usage($"{option} {path}: there is no such file");

    private static string? ExistingFolder(string? path, string option) =>
        path is null || Directory.Exists(path) ? path : throw CliException.Usage($"{option} {path}: there is no such folder");
}
