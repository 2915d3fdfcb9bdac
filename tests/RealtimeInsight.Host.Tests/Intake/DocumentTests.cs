using RealtimeInsight.Domain.Events;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Host.Tests.Intake;

public sealed class DocumentTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "infra", "docs", "http.md"));

    [Fact]
    public void Document_NamesEveryRejectCode() => Assert.All(RejectCodes.All, code => Assert.Contains($"`{code}`", Page));

    [Fact]
    public void Document_NamesEveryEventUnderItsKind()
    {
        var rows = Page.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).ToList();
        Assert.All(EventNames.All, pair => Assert.Contains(rows, row =>
            row.Contains($"`{EventKinds.WireName(pair.Value)}`", StringComparison.Ordinal)
            && (row.Contains($"`{pair.Key}`", StringComparison.Ordinal) || pair.Key == EventKinds.WireName(pair.Value))));
    }
}
