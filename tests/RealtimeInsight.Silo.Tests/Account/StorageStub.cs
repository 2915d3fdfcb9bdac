using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace RealtimeInsight.Silo.Tests.Account;

/// <summary>Gives one answer to every request, in the form of a storage account.</summary>
internal sealed class StorageStub : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly ConcurrentQueue<string> _requests = new();

    private StorageStub(WebApplication server) => _server = server;

    public int Port => new Uri(_server.Urls.First()).Port;

    public IReadOnlyCollection<string> Requests => _requests;

    /// <param name="code">The account's error code; none for an answer that is a success.</param>
    public static async Task<StorageStub> StartAsync(int status = 0, string? code = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        var stub = new StorageStub(server);
        server.Run(context => stub.AnswerAsync(context, status, code));
        await server.StartAsync();
        return stub;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context, int status, string? code)
    {
        _requests.Enqueue($"{context.Request.Method} {context.Request.Path}");
        var isTable = context.Request.Path.Value!.EndsWith("/Tables", StringComparison.Ordinal);
        context.Response.StatusCode = status != 0 ? status : isTable ? 201 : 200;
        if (code is not null)
        {
            context.Response.Headers["x-ms-error-code"] = code;
            if (!isTable) return;
            context.Response.ContentType = "application/json;odata=minimalmetadata";
            await context.Response.WriteAsync($$"""{"odata.error": {"code": "{{code}}", "message": {"value": "no"} } }""");
            return;
        }

        context.Response.Headers.ETag = "\"1\"";
        context.Response.Headers.LastModified = "Thu, 01 Jan 2026 00:00:00 GMT";
        if (!isTable) return;
        context.Response.ContentType = "application/json;odata=minimalmetadata";
        await context.Response.WriteAsync("""{"TableName":"t"}""");
    }
}
