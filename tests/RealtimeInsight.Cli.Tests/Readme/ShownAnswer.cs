using System.Text.Json;
using System.Text.RegularExpressions;

namespace RealtimeInsight.Cli.Tests.Readme;

/// <summary>Compares what a document shows with what really comes.</summary>
internal static partial class ShownAnswer
{
    /// <summary>
    /// Fails unless the answer is of the shown form. JSON: every member shown is there with the same type, texts with the same words; more
    /// members may be there, and more words in a list of words. Text: line by line; where a line tells a speed, its numbers may be
    /// others.
    /// </summary>
    public static void Matches(string shown, string real, string where)
    {
        if (shown.Length == 0)
        {
            Assert.True(real.Length == 0, $"{where}: nothing is shown, but came:\n{real}");
        }
        else if (shown[0] is '{' or '[')
        {
            using var expected = JsonDocument.Parse(shown);
            using var actual = JsonDocument.Parse(real);
            Compare(expected.RootElement, actual.RootElement, where);
        }
        else
        {
            Assert.Equal(Lines(shown), Lines(real));
        }
    }

    private static IEnumerable<string> Lines(string text) => text.TrimEnd().Split('\n')
        .Select(line => line.Contains("events/s", StringComparison.Ordinal) ? Number().Replace(line, "#") : line.TrimEnd());

    private static void Compare(JsonElement expected, JsonElement actual, string where)
    {
        Assert.True(expected.ValueKind == actual.ValueKind, $"{where}: shown {expected}, came {actual}");
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in expected.EnumerateObject())
                {
                    var isThere = actual.TryGetProperty(member.Name, out var value);
                    Assert.True(isThere, $"{where}: {member.Name} is shown and did not come: {actual}");
                    Compare(member.Value, value, $"{where}.{member.Name}");
                }

                break;
            case JsonValueKind.Array when expected.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String):
                Assert.Subset(Words(actual), Words(expected));
                break;
            case JsonValueKind.Array:
                Assert.True(
                    expected.GetArrayLength() == actual.GetArrayLength(), $"{where}: shown {expected}, came {actual}");
                foreach (var (shown, came) in expected.EnumerateArray().Zip(actual.EnumerateArray())) Compare(shown, came, where + "[]");
                break;
            case JsonValueKind.String:
                Assert.True(expected.GetString() == actual.GetString(), $"{where}: shown {expected}, came {actual}");
                break;
            case JsonValueKind.Number when !expected.GetRawText().Contains('.', StringComparison.Ordinal):
                Assert.True(expected.GetRawText() == actual.GetRawText(), $"{where}: shown {expected}, came {actual}");
                break;
        }
    }

    private static HashSet<string> Words(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetString()!)];

    [GeneratedRegex("[0-9][0-9,.]*")]
    private static partial Regex Number();
}
