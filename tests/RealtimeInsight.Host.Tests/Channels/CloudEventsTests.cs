using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Host.Channels;

namespace RealtimeInsight.Host.Tests.Channels;

public sealed class CloudEventsTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Fact]
    public async Task Structured_HasEverythingInTheBody()
    {
        await using var receiver = await WebhookReceiver.StartAsync(_ => StatusCodes.Status202Accepted);
        using var channel = ChannelTo(receiver.Url, CloudEventMode.Structured, token: "token-1");

        var result = await channel.SendAsync(Message("dec-1"), CancellationToken.None);

        Assert.Equal((DeliveryStatus.Delivered, 202), (result.Status, result.StatusCode));
        var (headers, body) = Assert.Single(receiver.Seen);
        Assert.Equal("application/cloudevents+json; charset=utf-8", headers["Content-Type"]);
        Assert.Equal("Bearer token-1", headers["Authorization"]);
        Assert.False(headers.ContainsKey("webhook-signature"));
        Assert.Equal("dec-1", (string?)JsonNode.Parse(body)!["id"]);
    }

    [Fact]
    public async Task Binary_HasAttributesInHeaders_AndTheDataAsBody()
    {
        await using var receiver = await WebhookReceiver.StartAsync(_ => StatusCodes.Status200OK);
        using var channel = ChannelTo(receiver.Url, CloudEventMode.Binary, Secret);

        await channel.SendAsync(Message("dec-1", "Jürgen \"J\" 100%"), CancellationToken.None);

        var (headers, body) = Assert.Single(receiver.Seen);
        Assert.Equal("application/json; charset=utf-8", headers["Content-Type"]);
        Assert.Equal(
            ("1.0", "dec-1", "/shop", ActionBody.Type, "J%C3%BCrgen%20%22J%22%20100%25"),
            (headers["ce-specversion"], headers["ce-id"], headers["ce-source"], headers["ce-type"], headers["ce-subject"]));
        Assert.DoesNotContain(headers.Keys, name => name is "ce-data" or "ce-datacontenttype");
        Assert.Equal("""{"rule":"r"}""", body);
        Assert.StartsWith("v1,", headers["webhook-signature"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Batch_IsOneArrayOfStructuredEvents()
    {
        await using var receiver = await WebhookReceiver.StartAsync(_ => StatusCodes.Status204NoContent);
        using var channel = ChannelTo(receiver.Url, CloudEventMode.Batch);

        await channel.SendAsync([Message("dec-1"), Message("dec-2")], CancellationToken.None);
        await channel.SendAsync(Message("dec-3"), CancellationToken.None);

        Assert.Equal(100, channel.BatchMax);
        Assert.All(receiver.Seen, seen => Assert.Equal("application/cloudevents-batch+json; charset=utf-8", seen.Headers["Content-Type"]));
        Assert.Equal(
            [["dec-1", "dec-2"], ["dec-3"]],
            receiver.Seen.Select(seen => JsonNode.Parse(seen.Body)!.AsArray().Select(item => (string)item!["id"]!).ToArray()));
    }

    [Theory]
    [InlineData("Sun, 01 Mar 2026 12:02:00 GMT", 120)]
    [InlineData("90", 90)]
    [InlineData("Sun, 01 Mar 2020 12:02:00 GMT", null)]
    [InlineData("99999999", 604_800)]
    [InlineData("soon", null)]
    public async Task RetryAfter_InSecondsOrAsADate_IsRead(string header, int? seconds)
    {
        await using var receiver = await WebhookReceiver.StartAsync(context =>
        {
            context.Response.Headers.RetryAfter = header;
            return StatusCodes.Status503ServiceUnavailable;
        });
        using var channel = ChannelTo(receiver.Url, CloudEventMode.Structured);

        var result = await channel.SendAsync(Message("dec-1"), CancellationToken.None);

        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), new SettableTime().Now);
        Assert.Equal(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null, result.RetryAfter);
    }

    [Theory]
    [InlineData(CloudEventMode.Structured, Secret, "", null)]
    [InlineData(CloudEventMode.Batch, Secret, "", "Secrets has 1 entries; use 0 to 0")]
    [InlineData(CloudEventMode.Binary, null, "with blanks", "Token has a character")]
    public void Options_EachRule_IsChecked(CloudEventMode mode, string? secret, string token, string? problem)
    {
        var options = new ChannelOptions { Kind = ChannelKind.CloudEvents, Url = "https://x.example", Mode = mode, Token = token };
        if (secret is not null) options.Secrets.Add(secret);

        var problems = ChannelOptions.Validate(options, "Channels:x");

        if (problem is null) Assert.Empty(problems);
        else Assert.Contains(problem, Assert.Single(problems));
        Assert.All(problems, line => Assert.DoesNotContain("with blanks", line));
    }

    private static CloudEventsChannel ChannelTo(string url, CloudEventMode mode, string? secret = null, string token = "")
    {
        var options = new ChannelOptions
        {
            Kind = ChannelKind.CloudEvents, Url = url, Mode = mode, AllowHosts = { "127.0.0.1" }, Token = token,
        };
        if (secret is not null) options.Secrets.Add(secret);
        Assert.Empty(ChannelOptions.Validate(options, "Channels:x"));
        return new CloudEventsChannel("x", [], options, new SettableTime());
    }

    private static ActionMessage Message(string id, string subject = "ada") => new(
        id, subject, ActionBody.Type, 1, Sample.At, Encoding.UTF8.GetBytes(new JsonObject
        {
            ["specversion"] = "1.0", ["id"] = id, ["source"] = "/shop", ["type"] = ActionBody.Type, ["subject"] = subject,
            ["datacontenttype"] = "application/json", ["data"] = new JsonObject { ["rule"] = "r" },
        }.ToJsonString()));
}
