using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using RealtimeInsight.Cli.Training;
using RealtimeInsight.Cli.Verbs;
using RealtimeInsight.Insights.Text;

namespace RealtimeInsight.Cli.Tests.Training;

public sealed class TrainTextsVerbTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("train-texts-").FullName;

    [Fact]
    public async Task TrainTexts_OwnTable_GivesAModelThatClassifies()
    {
        var table = Path.Combine(_root, "mine.csv");
        File.WriteAllLines(table, ["text,rating", .. Enumerable.Range(0, 400).Select(static i =>
            $"the crust of number {i} was {(i % 2 == 0 ? "crispy" : "soggy")},{(i % 40 == 39 ? 3 : i % 2 == 0 ? 5 : 1)}")]);

        var run = await RunAsync("train-texts", "--reviews", $"csv={table}", "--bits", "16", "--json");

        Assert.Equal((ExitCodes.Success, ""), (run.ExitCode, run.ExitCode == 0 ? "" : run.Error));
        var figures = JsonNode.Parse(run.OutLines[^1])!;
        Assert.Equal(1.0, (double)figures["metrics"]!["mine"]!["accuracy"]!);
        var folder = (string)figures["out"]!;
        Assert.Equal(Path.Combine(_root, ".data", "models", "texts", "1"), folder);
        var labelled = await RunAsync(
            "classify", "--model", folder, "the crust was soggy", "the crust was crispy", "物流太慢，要退货", "die Kruste");
        Assert.Equal(["negative", "positive", "negative", "(language?)"], labelled.OutLines.Select(static line => line.Split(' ')[0]));
        Assert.Contains("[delivery, returns]", labelled.OutLines[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--reviews x.csv", "--reviews x.csv: give the format and the path, e.g. csv=reviews.csv")]
    [InlineData("--reviews tsv=x", "--reviews tsv: not a format; use csv, reviews_zh or reviews_en")]
    [InlineData("--reviews csv=/nowhere", "--reviews /nowhere: there is no such file or folder")]
    [InlineData("--topics /nowhere", "--topics /nowhere: Could not find")]
    [InlineData("--bits 30", "--bits 30: give 16 to 22")]
    [InlineData("--texts-min 0", "--texts-min 0: give 1 to 100")]
    [InlineData("--out models/texts/new", "the last folder is the model's version, a whole number")]
    [InlineData("--phrases /nowhere", "--phrases /nowhere: Could not find")]
    public async Task TrainTexts_WrongArguments_AreUsageErrors(string arguments, string problem)
    {
        var run = await RunAsync(["train-texts", .. arguments.Split(' ')]);

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Topics_ToldByAPerson_AreJudgedByTheHashOfTheText()
    {
        Review[] reviews = [new("fast delivery", true, ""), new("too expensive and late", false, ""), new("no label", true, "")];
        var file = Path.Combine(_root, "topics.tsv");
        File.WriteAllLines(file, [$"{Hash(reviews[0])}\tdelivery", $"{Hash(reviews[1])}\tprice delivery", "0123456789abcdef\tsize"]);

        var figures = TopicLabels.Read(file, PhraseBook.Shipped.Topics.Keys).Judge(PhraseBook.Shipped, reviews)!;

        Assert.Equal((2, 1.0), ((int)figures["n"]!, (double)figures["precision"]!));
        Assert.Equal(0.6667, (double)figures["recall"]!);
        Assert.Equal((0.8, 0.8), ((double)figures["f1"]!, (double)figures["commonest_topic_f1"]!));
        File.WriteAllText(file, "0123456789abcdef weather");
        Assert.Contains("each line needs 16 hexadecimal digits",
            Assert.Throws<CliException>(() => TopicLabels.Read(file, PhraseBook.Shipped.Topics.Keys)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static string Hash(Review review) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(review.Text)))[..16];

    private Task<CliRun> RunAsync(params string[] args) => CliRun.OfAsync(
        console => [TrainTextsVerb.Create(console, _root), ClassifyVerb.Create(console, TextReader.Null)], args);
}
