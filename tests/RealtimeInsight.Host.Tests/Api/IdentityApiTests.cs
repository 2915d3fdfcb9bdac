using System.Net;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Host.Tests.Api;

public sealed class IdentityApiTests
{
    [Theory]
    [InlineData("merge", MergeOutcome.Merged, 200)]
    [InlineData("merge", MergeOutcome.AlreadyMerged, 200)]
    [InlineData("merge", MergeOutcome.Unknown, 404)]
    [InlineData("merge", MergeOutcome.BelongsToAnother, 409)]
    [InlineData("unmerge", MergeOutcome.Unmerged, 200)]
    [InlineData("unmerge", MergeOutcome.NothingToDo, 200)]
    [InlineData("unmerge", MergeOutcome.TooLong, 409)]
    public async Task Request_IsAnsweredByItsOutcome(string call, MergeOutcome outcome, int status)
    {
        await using var host = await TestHost.StartAsync();
        host.Engine.Insights["anon:v1"] = Sample.Insight("anon:v1");
        host.Engine.Merges["anon:v1"] = new MergeResult(outcome, "ada");

        var answer = await host.PostAsync($"/v1/customers/ada/{call}", """{"from":"anon:v1"}""", TestHost.AdminKey);

        Assert.Equal((HttpStatusCode)status, answer.Status);
        if (status == 200) Assert.Equal("ada", (string)answer.Json["customer_id"]!);
    }

    [Theory]
    [InlineData("merge", "")]
    [InlineData("unmerge", """{"from":5}""")]
    [InlineData("unmerge", "[")]
    public async Task Request_ThatCannotBeRead_NamesWhatToSend(string call, string body)
    {
        await using var host = await TestHost.StartAsync();

        var answer = await host.PostAsync($"/v1/customers/ada/{call}", body, TestHost.AdminKey);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("from (a string)", (string)answer.Json["detail"]!);
    }

    [Fact]
    public async Task Unmerge_OfAnUnknownId_Is404()
    {
        await using var host = await TestHost.StartAsync();

        var answer = await host.PostAsync("/v1/customers/ada/unmerge", """{"from":"nobody"}""", TestHost.AdminKey);

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
    }

    [Theory]
    [InlineData("ada", TestHost.AdminKey, 200)]
    [InlineData("bea", TestHost.AdminKey, 404)]
    [InlineData("%20", TestHost.AdminKey, 400)]
    [InlineData("ada", TestHost.ReadKey, 401)]
    [InlineData("ada", TestHost.WriteKey, 401)]
    public async Task Delete_IsForAdmins_AndSaysWhatWasRemoved(string id, string key, int status)
    {
        await using var host = await TestHost.StartAsync();

        var answer = await host.PostAsync(
            $"/v1/customers/{id}", "", key, type: null, change: static request => request.Method = HttpMethod.Delete);

        Assert.Equal((HttpStatusCode)status, answer.Status);
        if (status != 200) return;
        string[] members = ["ids", "records", "states", "decisions", "rejects"];
        Assert.Equal([2, 11, 1, 3, 4], members.Select(name => (int)answer.Json[name]!));
    }

    [Theory]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("a%2fb", "a/b")]
    [InlineData("a%252Fb", "a%2Fb")]
    [InlineData("a%20%2520%22", "a %20\"")]
    [InlineData("anon%3Aa%2Fb%3F", "anon:a/b?")]
    public async Task Change_MeetsTheIdThatWasSent_AlsoWithASlashInIt(string sent, string id)
    {
        await using var host = await TestHost.StartAsync();

        await host.PostAsync(
            $"/v1/customers/{sent}?x=/", "", TestHost.AdminKey, type: null, change: static request => request.Method = HttpMethod.Delete);
        await host.PostAsync($"/v1/customers/{sent}/merge", """{"from":"anon:v1"}""", TestHost.AdminKey);

        Assert.Equal([id, id], host.Engine.Changed);
    }

    [Theory]
    [InlineData("{}", TestHost.AdminKey, 400)]
    [InlineData("""{"from":" "}""", TestHost.AdminKey, 400)]
    [InlineData("""{"from":"anon:v1"}""", TestHost.WriteKey, 401)]
    [InlineData("""{"from":"anon:v1"}""", TestHost.ReadKey, 401)]
    public async Task Request_ThatIsWrongOrNotAllowed_IsRefused(string body, string key, int status)
    {
        await using var host = await TestHost.StartAsync();
        var answer = await host.PostAsync("/v1/customers/ada/merge", body, key);
        Assert.Equal((HttpStatusCode)status, answer.Status);
    }
}
