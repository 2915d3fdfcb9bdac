using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Host.Channels;

namespace RealtimeInsight.Host.Tests.Channels;

public sealed class WebhookTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string OtherSecret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    private static readonly ActionMessage Message = new(
        "dec-1", "alice", "com.realtimeinsight.action.decided.v1", 1, Sample.At,
        Encoding.UTF8.GetBytes("""{"specversion":"1.0","id":"dec-1"}"""));

    [Fact]
    public void Signature_OfTheSpecificationsExample_IsItsValue()
    {
        Assert.True(WebhookSignature.TryReadSecret(Secret, out var secret));

        var header = WebhookSignature.Header(
            [secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, Encoding.UTF8.GetBytes("""{"test": 2432232314}"""));

        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", header);
    }

    [Theory]
    [InlineData("whsec_AAAA", false)]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", false)]
    [InlineData("whsec_not base64 at all, not at all", false)]
    [InlineData(null, false)]
    [InlineData(Secret, true)]
    public void Secret_OfTheWrongForm_IsRefused(string? text, bool isValid) =>
        Assert.Equal(isValid, WebhookSignature.TryReadSecret(text, out _));

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700:4700::1111", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("2001:db8::1", false)]
    public void Address_OfTheOwnNetwork_IsNotPublic(string address, bool isPublic) =>
        Assert.Equal(isPublic, WebhookTargets.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public async Task Send_Accepted_CarriesSignedCloudEvent()
    {
        await using var receiver = await WebhookReceiver.StartAsync(_ => StatusCodes.Status204NoContent);
        using var channel = ChannelTo(receiver.Url, Secret, OtherSecret);

        var result = await channel.SendAsync(Message, CancellationToken.None);

        Assert.Equal((DeliveryStatus.Delivered, 204), (result.Status, result.StatusCode));
        var seen = Assert.Single(receiver.Seen);
        Assert.Equal("application/cloudevents+json; charset=utf-8", seen.Headers["Content-Type"]);
        Assert.Equal("dec-1", seen.Headers["webhook-id"]);
        var timestamp = new SettableTime().Now.ToUnixTimeSeconds();
        Assert.Equal(timestamp.ToString(), seen.Headers["webhook-timestamp"]);
        var signatures = seen.Headers["webhook-signature"].Split(' ');
        Assert.Equal(2, signatures.Length);
        Assert.Equal(Signed(Secret, $"dec-1.{timestamp}.{seen.Body}"), signatures[0]);
        Assert.Equal(Signed(OtherSecret, $"dec-1.{timestamp}.{seen.Body}"), signatures[1]);
        Assert.Equal(Encoding.UTF8.GetString(Message.Body.Span), seen.Body);
    }

    [Theory]
    [InlineData(200, DeliveryStatus.Delivered)]
    [InlineData(302, DeliveryStatus.Failed)]
    [InlineData(400, DeliveryStatus.Failed)]
    [InlineData(401, DeliveryStatus.Failed)]
    [InlineData(408, DeliveryStatus.Retry)]
    [InlineData(410, DeliveryStatus.Gone)]
    [InlineData(429, DeliveryStatus.Retry)]
    [InlineData(500, DeliveryStatus.Retry)]
    [InlineData(503, DeliveryStatus.Retry)]
    public async Task Send_EachStatus_HasItsResult(int status, DeliveryStatus expected)
    {
        await using var receiver = await WebhookReceiver.StartAsync(context =>
        {
            context.Response.Headers.RetryAfter = "120";
            if (status == 302) context.Response.Headers.Location = "/elsewhere";
            return status;
        });
        using var channel = ChannelTo(receiver.Url, Secret);

        var result = await channel.SendAsync(Message, CancellationToken.None);

        Assert.Equal((expected, status), (result.Status, result.StatusCode));
        Assert.Equal(expected == DeliveryStatus.Retry ? TimeSpan.FromMinutes(2) : null, result.RetryAfter);
        Assert.Single(receiver.Seen);
    }

    [Fact]
    public async Task Send_HostNotAllowListed_IsBlockedBeforeItConnects()
    {
        await using var receiver = await WebhookReceiver.StartAsync(_ => 200);
        foreach (var host in new[] { "localhost", "127.0.0.1", "[::1]" })
        {
            var url = $"https://{host}:{new Uri(receiver.Url).Port}/hook";
            using var channel = new WebhookChannel(
                "webhook", [], new ChannelOptions { Url = url, Secrets = { Secret } }, new SettableTime());

            var result = await channel.SendAsync(Message, CancellationToken.None);

            Assert.Equal(DeliveryStatus.Failed, result.Status);
            Assert.Contains("no public address", result.Detail);
        }

        Assert.Empty(receiver.Seen);
    }

    [Fact]
    public async Task Send_NoAnswer_IsRetried()
    {
        var hold = new TaskCompletionSource();
        await using var receiver = await WebhookReceiver.StartAsync(_ => 200, hold.Task);
        var options = new ChannelOptions { Url = receiver.Url, Timeout = TimeSpan.FromSeconds(1) };
        options.Secrets.Add(Secret);
        options.AllowHosts.Add("127.0.0.1");
        using var channel = new WebhookChannel("webhook", [], options, new SettableTime());

        var result = await channel.SendAsync(Message, CancellationToken.None);
        hold.SetResult();

        Assert.Equal(DeliveryStatus.Retry, result.Status);
        Assert.Contains("no answer within 1 s", result.Detail);
    }

    [Fact]
    public async Task Send_NobodyListens_IsRetried()
    {
        await using (var receiver = await WebhookReceiver.StartAsync(_ => 200))
        {
            var url = receiver.Url;
            await receiver.DisposeAsync();
            using var channel = ChannelTo(url, Secret);

            var result = await channel.SendAsync(Message, CancellationToken.None);

            Assert.Equal(DeliveryStatus.Retry, result.Status);
        }
    }

    [Fact]
    public async Task Send_EngineStops_IsCancelled()
    {
        var hold = new TaskCompletionSource();
        await using var receiver = await WebhookReceiver.StartAsync(_ => 200, hold.Task);
        using var channel = ChannelTo(receiver.Url, Secret);
        using var stop = new CancellationTokenSource();

        var sending = channel.SendAsync(Message, stop.Token);
        await receiver.Arrived.WaitAsync().WaitAsync(TestHost.Patience);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await sending);
        hold.SetResult();
    }

    [Theory]
    [InlineData("https://hooks.example/x", Secret, null)]
    [InlineData("", null, null)]
    [InlineData("https://hooks.example/x", null, "Secrets has 0")]
    [InlineData("https://hooks.example/x", "whsec_AAAA", "Secrets:0")]
    [InlineData("http://hooks.example/x", Secret, "not https")]
    [InlineData("http://127.0.0.1:99/x", Secret, null)]
    [InlineData("http://inner:81/x", Secret, "not https")]
    [InlineData("http://inner:80/x", Secret, null)]
    [InlineData("ftp://hooks.example", Secret, "absolute http")]
    [InlineData("https://user:pw@hooks.example/x", Secret, "user name")]
    public void Options_EachRule_IsChecked(string url, string? secret, string? problem)
    {
        var options = new ChannelOptions { Url = url, AllowHosts = { "127.0.0.1", "inner:80" } };
        if (secret is not null) options.Secrets.Add(secret);

        var problems = ChannelOptions.Validate(options, "Channels:webhook");

        if (problem is null) Assert.Empty(problems);
        else Assert.Contains(problem, Assert.Single(problems));
        Assert.All(problems, line => Assert.DoesNotContain("AAAA", line));
    }

    [Fact]
    public async Task LogChannel_EachAction_IsOneLine()
    {
        using var folder = new TempFolder();
        using var loggers = LoggerFactory.Create(_ => { });
        using (var channel = new LogChannel(folder.Path, loggers.CreateLogger<LogChannel>()))
        {
            var results = await Task.WhenAll(
                Enumerable.Range(0, 20).Select(_ => channel.SendAsync(Message, CancellationToken.None).AsTask()));
            Assert.All(results, result => Assert.Equal(DeliveryStatus.Delivered, result.Status));
        }

        var lines = await File.ReadAllLinesAsync(Path.Combine(folder.Path, LogChannel.FileName));
        Assert.Equal(20, lines.Length);
        Assert.All(lines, line => Assert.Equal(Encoding.UTF8.GetString(Message.Body.Span), line));
    }

    private static string Signed(string secret, string content)
    {
        var key = Convert.FromBase64String(secret[6..]);
        return "v1," + Convert.ToBase64String(System.Security.Cryptography.HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(content)));
    }

    private static WebhookChannel ChannelTo(string url, params string[] secrets)
    {
        var options = new ChannelOptions { Url = url, AllowHosts = { "127.0.0.1" } };
        foreach (var secret in secrets) options.Secrets.Add(secret);
        Assert.Empty(ChannelOptions.Validate(options, "Channels:webhook"));
        return new WebhookChannel("webhook", [], options, new SettableTime());
    }
}
