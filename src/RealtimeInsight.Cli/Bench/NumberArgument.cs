using System.CommandLine.Parsing;
using System.Globalization;

namespace RealtimeInsight.Cli.Bench;

/// <summary>Reads a number of the command line; <c>1,5</c> is no number: it could mean 15 or one and a half.</summary>
internal static class NumberArgument
{
    public static double Read(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)) return value;
        result.AddError($"insight: '{text}' for {((OptionResult)result.Parent!).Option.Name}: give one number, without separators");
        return 0;
    }
}
