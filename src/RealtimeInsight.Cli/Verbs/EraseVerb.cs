using System.CommandLine;
using System.Text.Json.Nodes;
using RealtimeInsight.Cli.Operate;

namespace RealtimeInsight.Cli.Verbs;

/// <summary><c>insight erase</c>: a running engine forgets a customer.</summary>
public static class EraseVerb
{
    public static Command Create(CliConsole console)
    {
        ArgumentNullException.ThrowIfNull(console);
        var id = new Argument<string>("ID") { Description = "A userId, or anon: and an anonymousId; any of the customer's ids" };
        id.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<string>() is "" or "." or "..")
            {
                result.AddError("an id that is empty, '.' or '..' cannot be in an address: erase the customer by another of its ids");
            }
        });
        var verb = new Verb(
            "erase",
            "Make a running engine forget a customer under all of its ids. The customer is gone at once; this returns when nothing is left "
            + "in the data folder, which takes as long as saving every customer. There is no way back. Kept rejects that name an id go "
            + "too, also of one that never became a customer. Exit code 1 when nothing is known of the id.",
            "insight erase ada --key ADMIN_KEY",
            "insight erase anon:3f9c --json")
        {
            id,
        };
        return EnginePlace.Verb(
            console, verb,
            (parsed, client, stop) => client.DeleteAsync($"/v1/customers/{Uri.EscapeDataString(parsed.GetValue(id)!)}", stop),
            Show);
    }

    private static int Show(JsonNode answer, TextWriter output)
    {
        if ((int?)answer["ids"] == 0)
        {
            output.WriteLine($"erased: rejects {answer["rejects"]}; the id never became a customer");
            return ExitCodes.Success;
        }

        output.WriteLine(
            $"erased: ids {answer["ids"]}, decisions {answer["decisions"]}, rejects {answer["rejects"]}; "
            + $"overwritten: log records {answer["records"]}, saved states {answer["states"]}");
        return ExitCodes.Success;
    }
}
