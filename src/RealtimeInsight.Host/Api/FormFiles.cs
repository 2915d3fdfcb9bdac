using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace RealtimeInsight.Host.Api;

/// <summary>Files that a request sends as multipart/form-data.</summary>
internal static class FormFiles
{
    /// <summary>The files of these names, in this order; or why they cannot be had.</summary>
    public static async Task<(IReadOnlyList<ReadOnlyMemory<byte>> Files, ProblemHttpResult? Problem)> ReadAsync(
        HttpContext context, long bytesMax, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var wanted = $"{string.Join(", ", names.SkipLast(1))} and {names[^1]}";
        if (!context.Request.HasFormContentType) return ([], Problems.Bad($"send multipart/form-data with the files {wanted}"));
        IFormFileCollection files;
        try
        {
            var limits = new FormOptions { MultipartBodyLengthLimit = bytesMax };
            files = (await context.Request.ReadFormAsync(limits, cancellationToken).ConfigureAwait(false)).Files;
        }
        catch (InvalidDataException fault)
        {
            return ([], Problems.Bad($"the form cannot be read: {fault.Message}"));
        }

        var found = new List<ReadOnlyMemory<byte>>();
        foreach (var name in names)
        {
            if (files.GetFile(name) is not { } file) return ([], Problems.Bad($"the file '{name}' is missing; send {wanted}"));
            using var content = new MemoryStream();
            await file.CopyToAsync(content, cancellationToken).ConfigureAwait(false);
            found.Add(content.GetBuffer().AsMemory(0, (int)content.Length));
        }

        return (found, null);
    }
}
