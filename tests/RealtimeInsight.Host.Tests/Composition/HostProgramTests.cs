using System.Net;
using System.Net.Sockets;

namespace RealtimeInsight.Host.Tests.Composition;

public sealed class HostProgramTests
{
    [Fact]
    public async Task Run_PortInUse_SaysSoAndEndsWithTwo()
    {
        using var folder = new TempFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        var (code, _, error) = await RunAsync(new HostArguments { Port = ((IPEndPoint)taken.LocalEndpoint).Port, DataDir = folder.Path });

        Assert.Equal(HostProgram.ExitSetup, code);
        Assert.Contains("the port is in use", error);
        Assert.Contains("--port", error);
    }

    [Fact]
    public async Task Run_DataFolderIsAFile_SaysSoAndEndsWithTwo()
    {
        using var folder = new TempFolder();

        var (code, _, error) = await RunAsync(new HostArguments { Port = 0, DataDir = folder.File("file", "") });

        Assert.Equal(HostProgram.ExitSetup, code);
        Assert.Contains("--data-dir", error);
    }

    [Fact]
    public async Task Run_DataFolderHeldByAnother_SaysSoAndEndsWithTwo()
    {
        using var folder = new TempFolder();
        using var held = DataFolder.Open(folder.Path);

        var (code, _, error) = await RunAsync(new HostArguments { Port = 0, DataDir = folder.Path });

        Assert.Equal(HostProgram.ExitSetup, code);
        Assert.Contains("in use by another process", error);
    }

    [Fact]
    public async Task Run_PolicyMissing_SaysSoAndEndsWithTwo()
    {
        using var folder = new TempFolder();

        var (code, _, error) = await RunAsync(new HostArguments { Port = 0, DataDir = folder.Path, Policy = "nowhere.yaml" });

        Assert.Equal(HostProgram.ExitSetup, code);
        Assert.Contains("nowhere.yaml does not exist", error);
    }

    [Fact]
    public async Task Run_StoreIsDamaged_SaysItOnceAndEndsWithOne()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(RealtimeInsight.Storage.Sqlite.SqliteStore.PathIn(folder.Path), new string('x', 8192));

        var (code, _, error) = await RunAsync(new HostArguments { Port = 0, DataDir = folder.Path, NoDemo = true });

        Assert.Equal(HostProgram.ExitFailure, code);
        Assert.EndsWith(". Nothing can be read", error.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(2, error.Split("the data is damaged").Length);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(HostArguments arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var stop = new CancellationTokenSource(TestHost.Patience);
        var code = await HostProgram.RunAsync(arguments, output, error, stop.Token);
        return (code, output.ToString(), error.ToString());
    }
}
