namespace RealtimeInsight.Cli.Tests.Readme;

/// <summary>A command that a document shows, with what it is said to answer.</summary>
internal sealed record ShownCommand(string Command, string Answer, int Line);

/// <summary>The fenced blocks of a document: <c>sh</c> holds commands, <c>console</c> commands after <c>$</c> with their answers.</summary>
internal static class ReadmeBlocks
{
    private const string Fence = "```";
    private const string Prompt = "$ ";

    /// <summary>The commands of all <c>sh</c> blocks, without comments.</summary>
    public static IReadOnlyList<string> Plain(string[] document) =>
    [
        .. Blocks(document, "sh").SelectMany(block => block.Lines)
            .Select(line => line.Split(" #")[0].Trim())
            .Where(line => line.Length > 0),
    ];

    /// <summary>The commands of all <c>console</c> blocks, in order.</summary>
    public static IReadOnlyList<ShownCommand> Shown(string[] document) =>
        [.. Blocks(document, "console").SelectMany(block => Commands(block.Lines, block.Start))];

    private static IEnumerable<(string[] Lines, int Start)> Blocks(string[] document, string language)
    {
        for (var i = 0; i < document.Length; i++)
        {
            if (!document[i].StartsWith(Fence, StringComparison.Ordinal)) continue;
            var end = Array.FindIndex(document, i + 1, line => line.StartsWith(Fence, StringComparison.Ordinal));
            if (document[i][Fence.Length..].Trim() == language) yield return (document[(i + 1)..end], i + 2);
            i = end;
        }
    }

    private static IEnumerable<ShownCommand> Commands(string[] lines, int start)
    {
        for (var i = 0; i < lines.Length;)
        {
            Assert.StartsWith(Prompt, lines[i], StringComparison.Ordinal);
            var length = CommandLength(lines, i);
            var next = Array.FindIndex(lines, i + length, line => line.StartsWith(Prompt, StringComparison.Ordinal));
            if (next < 0) next = lines.Length;
            yield return new ShownCommand(
                string.Join('\n', lines[i..(i + length)])[Prompt.Length..], string.Join('\n', lines[(i + length)..next]), start + i);
            i = next;
        }
    }

    /// <summary>A command goes on while a quote is open, or to the end of its here-document.</summary>
    private static int CommandLength(string[] lines, int first)
    {
        if (lines[first].Contains("<<'END'", StringComparison.Ordinal)) return Array.IndexOf(lines, "END", first) - first + 1;
        var length = 1;
        while (lines[first..(first + length)].Sum(line => line.Count(character => character == '\'')) % 2 == 1) length++;
        return length;
    }
}
