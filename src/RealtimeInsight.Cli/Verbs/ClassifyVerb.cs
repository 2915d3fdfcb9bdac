using System.CommandLine;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Host;
using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Onnx;
using RealtimeInsight.Inference.Text;

namespace RealtimeInsight.Cli.Verbs;

/// <summary><c>insight classify</c>: labels texts with a text model of the repository.</summary>
public static class ClassifyVerb
{
    /// <summary>Texts under way at once: enough to fill the batches of every length.</summary>
    private const int Window = 256;

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private sealed record Line(
        string Model, string Outcome, string? Label, IReadOnlyDictionary<string, IReadOnlyList<string>> Labels,
        IReadOnlyDictionary<string, double> Probabilities, int Pieces, bool IsTruncated);

    public static Command Create(CliConsole console, TextReader input)
    {
        ArgumentNullException.ThrowIfNull(console);
        ArgumentNullException.ThrowIfNull(input);
        var texts = new Argument<string[]>("TEXT")
        {
            Description = "Texts to label; without any, each line of standard input is one",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var model = new Option<string>("--model")
        {
            HelpName = "DIR",
            Description = "Folder of a version (default: texts/1, which ships: sentiment and topics, Chinese and English)",
            DefaultValueFactory = _ => Path.Combine(ShippedFiles.Models, TextOptions.DefaultModel, "1"),
        };
        var json = new Option<bool>("--json") { Description = "One line of JSON a text" };
        var verb = new Verb(
            "classify",
            "Label texts: whether they are positive and what they are about, in Chinese and English; or by a BERT-style encoder that "
            + "--model names. A text in a language that the model does not know is told so.",
            "insight classify \"Fits perfectly, love the colour\" \"Fell apart after one wash\"",
            "insight classify \"客服态度差，等了好几天还没到\"",
            "insight classify --model models/review-sentiment/1 --json < reviews.txt")
        {
            texts, model, json,
        };
        verb.SetAction((parsed, cancellationToken) => RunAsync(
            console, parsed.GetValue(model)!, parsed.GetValue(texts) is { Length: > 0 } given ? given : Lines(input), parsed.GetValue(json),
            cancellationToken));
        return verb;
    }

    private static async Task<int> RunAsync(
        CliConsole console, string folder, IEnumerable<string> texts, bool isJson, CancellationToken cancellationToken)
    {
        using var meter = new Meter(nameof(ClassifyVerb));
        var pool = Open(folder, meter, console.Time);
        await using (pool.ConfigureAwait(false))
        {
            foreach (var window in texts.Chunk(Window))
            {
                var replies = await Task.WhenAll(window.Select(text =>
                    pool.ClassifyAsync(text, TimeSpan.FromMinutes(5), cancellationToken).AsTask())).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                for (var i = 0; i < window.Length; i++) Write(console.Out, pool, window[i], replies[i], isJson);
            }
        }

        return ExitCodes.Success;
    }

    private static TextPool Open(string folder, Meter meter, TimeProvider time)
    {
        try
        {
            var runner = TextRunners.Load(TextModelPackage.Read(folder), new OnnxTextRunnerFactory());
            return new TextPool(runner, new TextOptions(), new TextInstruments(meter), time, NullLogger<TextPool>.Instance);
        }
        catch (ModelRefusedException refused)
        {
            throw CliException.Usage(refused.Message);
        }
    }

    private static void Write(TextWriter output, TextPool pool, string text, TextReply reply, bool isJson)
    {
        if (reply.Outcome is not (ScoreOutcome.Scored or ScoreOutcome.OtherLanguage))
        {
            throw CliException.Failure($"{pool.Model} did not label a text ({reply.Outcome}); its graph fails on it. Export it again");
        }

        var isScored = reply.Outcome == ScoreOutcome.Scored;
        var labels = pool.LabelsOf(reply);
        var first = labels.GetValueOrDefault(pool.Heads[0].Name) is [var likeliest, ..] ? likeliest : null;
        var probabilities = isScored
            ? pool.Labels.Select((label, i) => (Label: label, Value: Math.Round((double)reply.Probabilities.Span[i], 6)))
                .ToDictionary(static pair => pair.Label, static pair => pair.Value)
            : [];
        if (isJson)
        {
            var outcome = isScored ? "scored" : "other_language";
            output.WriteLine(JsonSerializer.Serialize(
                new Line(pool.Model, outcome, first, labels, probabilities, reply.Pieces, reply.IsTruncated), s_json));
            return;
        }

        var others = string.Join(", ", pool.Heads.Skip(1).SelectMany(head => labels.GetValueOrDefault(head.Name) ?? []));
        var value = first is null ? "    -" : probabilities[first].ToString("0.000", CultureInfo.InvariantCulture);
        output.WriteLine($"{first ?? "(language?)",-11} {value}  {(others.Length > 0 ? $"[{others}]  " : "")}{text}");
    }

    private static IEnumerable<string> Lines(TextReader input)
    {
        while (input.ReadLine() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line)) yield return line;
        }
    }
}
