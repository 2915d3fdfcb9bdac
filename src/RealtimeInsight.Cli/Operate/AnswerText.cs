using System.Text.Json;
using System.Text.Json.Nodes;

namespace RealtimeInsight.Cli.Operate;

/// <summary>Answers of an engine for people.</summary>
internal static class AnswerText
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <summary>One line for each item, members in columns; a line below where there are none.</summary>
    public static int Table(JsonNode? items, TextWriter output, string none, params string[] members)
    {
        var rows = (items as JsonArray ?? []).Select(item => members.Select(name => Cell(item?[name])).ToArray()).ToList();
        if (rows.Count == 0)
        {
            output.WriteLine(none);
            return ExitCodes.Success;
        }

        rows.Insert(0, members);
        var widths = members.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }

        return ExitCodes.Success;
    }

    public static int Whole(JsonNode answer, TextWriter output)
    {
        output.WriteLine(answer.ToJsonString(s_indented));
        return ExitCodes.Success;
    }

    private static string Cell(JsonNode? value) => value switch
    {
        null => "-",
        JsonArray list => string.Join(',', list.Select(static item => item?.ToString())),
        _ => value.ToString(),
    };
}
