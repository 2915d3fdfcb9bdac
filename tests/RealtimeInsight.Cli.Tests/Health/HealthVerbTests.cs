using System.Net;
using System.Net.Sockets;
using System.Text;
using RealtimeInsight.Cli.Verbs;

namespace RealtimeInsight.Cli.Tests.Health;

public sealed class HealthVerbTests
{
    [Theory]
    [InlineData(200, """{"status":"ready","reasons":[]}""", ExitCodes.Success)]
    [InlineData(503, """{"status":"not_ready","reasons":["the disk is full"]}""", ExitCodes.Failure)]
    public async Task Health_EngineAnswers_PrintsItAndAnswersWithTheCode(int status, string answer, int code)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var served = AnswerOnceAsync(listener, status, answer);

        var run = await RunAsync("--url", $"http://{listener.LocalEndpoint}");

        Assert.Equal(code, run.ExitCode);
        Assert.Equal(answer, run.Out.Trim());
        Assert.StartsWith("GET /health/ready ", await served, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_NobodyListens_NamesTheAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = $"http://{listener.LocalEndpoint}";
        listener.Stop();

        var run = await RunAsync("--url", url);

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Contains(url, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_NoAddress_IsAUsageError()
    {
        var run = await RunAsync("--url", "insight:8080");

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("insight:8080", run.Error, StringComparison.Ordinal);
    }

    private static async Task<string> AnswerOnceAsync(TcpListener listener, int status, string answer)
    {
        using var client = await listener.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        var request = await reader.ReadLineAsync() ?? "";
        while (await reader.ReadLineAsync() is { Length: > 0 })
        {
        }

        var text = $"HTTP/1.1 {status} Status\r\nContent-Length: {answer.Length}\r\nConnection: close\r\n\r\n{answer}";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
        return request;
    }

    private static Task<CliRun> RunAsync(params string[] args) =>
        CliRun.OfAsync(static console => [HealthVerb.Create(console)], ["health", .. args]);
}
