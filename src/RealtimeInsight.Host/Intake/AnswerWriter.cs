using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using RealtimeInsight.Host.Api;

namespace RealtimeInsight.Host.Intake;

/// <summary>Writes the intake's answers; the usual one, in which nothing was rejected, goes straight to the response's bytes.</summary>
internal static class AnswerWriter
{
    private const int UsualBytesMax = 128;
    private const string Json = "application/json; charset=utf-8";

    public static async Task WriteAsync(HttpContext context, IntakeAnswer answer)
    {
        var response = context.Response;
        if (answer.Rejected.Count > 0)
        {
            await response.WriteAsJsonAsync(answer, ApiJson.Options, context.RequestAborted).ConfigureAwait(false);
            return;
        }

        response.ContentType = Json;
        var length = Usual(response.BodyWriter.GetSpan(UsualBytesMax), answer);
        response.ContentLength = length;
        response.BodyWriter.Advance(length);
        await response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    private static int Usual(Span<byte> output, IntakeAnswer answer)
    {
        var success = answer.Success ? "true" : "false";
        Utf8.TryWrite(
            output, $"{{\"success\":{success},\"accepted\":{answer.Accepted},\"duplicates\":{answer.Duplicates},\"rejected\":[]}}",
            out var length);
        return length;
    }
}
