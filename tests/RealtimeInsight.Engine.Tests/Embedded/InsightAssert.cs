using System.Text.Json;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Engine.Tests.Embedded;

/// <summary>Compares insights member by member.</summary>
internal static class InsightAssert
{
    public static void Same(CustomerInsight expected, CustomerInsight found) => Assert.Equal(Text(expected), Text(found));

    public static string Text(CustomerInsight insight) => JsonSerializer.Serialize(insight);
}
