using System.Net.Sockets;

namespace RealtimeInsight.Silo.Tests.Process;

/// <summary>Silos as processes of their own that talk over sockets. About 15 s.</summary>
public sealed class TwoSilosTests
{
    [Fact]
    public async Task TwoSilos_EventsSentToOne_AreReadFromTheOther()
    {
        await using var first = await SiloProcess.StartAsync(null);
        await using var second = await SiloProcess.StartAsync(first);
        for (var i = 0; i < 12; i++)
        {
            var answer = await first.TrackAsync($"customer-{i}", "Product Added", $"m-{i}");
            Assert.Equal(1, (int)answer["accepted"]!);
        }

        for (var i = 0; i < 12; i++)
        {
            var insight = await second.InsightAsync($"customer-{i}");
            Assert.Equal($"customer-{i}", (string?)insight["customer_id"]);
            Assert.Equal("open", (string?)insight["cart"]!["state"]);
            Assert.False((bool)insight["scores"]!["is_degraded"]!);
            Assert.Equal(1, (int)(await second.TrackAsync($"customer-{i}", "Product Added", $"m-{i}"))["duplicates"]!);
        }

        Assert.Equal(0, await second.StopAsync());
        Assert.Contains("Stopped; everything accepted is saved.", second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("customer-", second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("customer-", first.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoSilos_ListsAndExplanations_AreThoseOfTheCluster()
    {
        await using var first = await SiloProcess.StartAsync(null, "--Api:AdminKeys:0=admin-key-1");
        await using var second = await SiloProcess.StartAsync(first, "--Api:AdminKeys:0=admin-key-1");
        await first.TrackAsync("ada", "Product Added", "m-1");
        await first.AskAsync(HttpMethod.Post, "/v1/track", "write-key-1", new { userId = "ada", messageId = "m-2" });

        var reject = Assert.Single((await second.AskAsync(HttpMethod.Get, "/v1/rejects", "read-key-1"))["items"]!.AsArray())!;
        Assert.Equal("http", (string?)reject["source"]);
        var replayed = await second.AskAsync(
            HttpMethod.Post, $"/v1/rejects/{reject["id"]}/replay", "admin-key-1",
            new { userId = "ada", messageId = "m-2", @event = "Product Viewed", properties = new { product_id = "p" } });
        Assert.Equal("accepted", (string?)replayed["outcome"]);
        Assert.Equal("accepted", (string?)(await first.AskAsync(HttpMethod.Get, $"/v1/rejects/{reject["id"]}", "read-key-1"))["outcome"]);

        var endpoint = Assert.Single((await second.AskAsync(HttpMethod.Get, "/v1/endpoints", "read-key-1")).AsArray())!;
        var disabled = await second.AskAsync(HttpMethod.Post, $"/v1/endpoints/{endpoint["name"]}/disable", "admin-key-1");
        Assert.Equal("disabled", (string?)disabled["state"]);
        endpoint = Assert.Single((await first.AskAsync(HttpMethod.Get, "/v1/endpoints", "read-key-1")).AsArray())!;
        Assert.Equal("disabled by an operator", (string?)endpoint["reason"]);
        Assert.Empty((await first.AskAsync(HttpMethod.Get, "/v1/dead-letters", "read-key-1"))["items"]!.AsArray());

        var explained = await second.AskAsync(HttpMethod.Get, "/v1/customers/ada/explain?head=purchase", "read-key-1");
        var sum = explained["contributions"]!.AsArray().Sum(static one => (double)one!["value"]!);
        Assert.Equal((double)explained["score"]! - (double)explained["reference"]!, sum, 4);

        var erased = await second.AskAsync(HttpMethod.Delete, "/v1/customers/ada", "admin-key-1");
        Assert.Equal(["ids", "records", "states", "decisions", "rejects"], erased.AsObject().Select(static member => member.Key));
        Assert.Equal((1, 2, 1), ((int)erased["ids"]!, (int)erased["records"]!, (int)erased["rejects"]!));
        Assert.Empty((await first.AskAsync(HttpMethod.Get, "/v1/rejects", "read-key-1"))["items"]!.AsArray());
    }

    [Fact]
    public async Task Start_FirstSiloNotThere_SaysSoAndEndsWithTwo()
    {
        var port = SiloProcess.FreePort();

        var (code, output) = await SiloProcess.RunAsync(SiloProcess.FreePort(), $"--Cluster:FirstSiloPort={port}");

        Assert.Equal(2, code);
        Assert.Contains($"Cluster:FirstSiloPort is {port}, and no silo answers there", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_PortOfAnotherProcess_SaysWhichAndEndsWithTwo()
    {
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;

        var (code, output) = await SiloProcess.RunAsync(port);

        Assert.Equal(2, code);
        Assert.Contains($"Cluster:SiloPort is {port}, which cannot be listened on", output, StringComparison.Ordinal);
    }
}
