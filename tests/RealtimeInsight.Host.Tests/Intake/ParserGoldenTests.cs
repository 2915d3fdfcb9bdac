using System.Text;
using System.Text.Json.Nodes;
using RealtimeInsight.Host.Intake;
using RealtimeInsight.Host.Intake.Json;

namespace RealtimeInsight.Host.Tests.Intake;

/// <summary>
/// The parser against outcomes that were recorded once from a parser over <see cref="System.Text.Json.JsonDocument"/>: drawn requests, many
/// of them wrong in one of the ways in which senders are.
/// </summary>
public sealed class ParserGoldenTests
{
    private static readonly string Folder =
        Path.Combine(Repository.Root, "tests", "RealtimeInsight.Host.Tests", "Intake", "Golden");

    [Fact]
    public void Requests_OfTheCorpus_HaveTheirRecordedOutcome()
    {
        var parser = new RequestParser(TimeSpan.FromMinutes(5));
        var lines = File.ReadAllLines(Path.Combine(Folder, "requests.ndjson"));

        foreach (var line in lines)
        {
            var expected = JsonNode.Parse(line)!;
            var outcome = ParserCase.Outcome(parser, ParserCase.BodyOf(expected), (string)expected["call"]!);
            Assert.Equal((string)expected["outcome"]!, outcome);
        }

        Assert.True(lines.Length >= 400);
    }

    [Theory]
    [InlineData("a\\u0062c", "abc")]
    [InlineData("\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t")]
    [InlineData("\\ud83d\\ude00 x", "\U0001F600 x")]
    [InlineData("\\u00e9\\u65E5", "\u00e9\u65e5")]
    [InlineData("\\ud83d", null)]
    [InlineData("\\ud83d\\u0041", null)]
    [InlineData("\\ude00\\ud83d", null)]
    [InlineData("\\ud83dx", null)]
    public void Escapes_OfAString_AreUndoneOrRefused(string written, string? text)
    {
        var input = Encoding.UTF8.GetBytes(written);
        var output = new byte[input.Length];

        var isText = JsonEscapes.TryUnescape(input, output, out var length);

        Assert.Equal(text is not null, isText);
        if (text is not null) Assert.Equal(text, Encoding.UTF8.GetString(output, 0, length));
    }

    [Fact]
    public void Names_OfTheTable_AreFoundByTheirBytes()
    {
        for (var i = 1; i < JsonNames.Count; i++)
        {
            Assert.Equal((JsonName)i, JsonNames.Find(Encoding.UTF8.GetBytes(JsonNames.Text((JsonName)i))));
        }

        Assert.Equal(Enum.GetValues<JsonName>().Length, JsonNames.Count);
        Assert.Equal(JsonName.None, JsonNames.Find("typf"u8));
        Assert.Equal(JsonName.None, JsonNames.Find(""u8));
    }

    [Fact]
    public void Name_ThatIsNotUnicode_IsANameThatNobodyReads()
    {
        var parser = new RequestParser(TimeSpan.Zero);

        var outcome = ParserCase.Outcome(parser, """{"anonymousId":"v","messageId":"m","\ud800":1}"""u8.ToArray(), "Page");

        Assert.StartsWith("0: PageViewed m of anon:v", outcome);
    }
}
