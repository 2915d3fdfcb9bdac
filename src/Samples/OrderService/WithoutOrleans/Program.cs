namespace RealtimeInsight.Samples.OrderService;

/// <summary>The sample as it is where Orleans could not be restored: it says so, and what to do.</summary>
public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        await Console.Error.WriteLineAsync(
            "orders: this build has no Orleans: the package registry that it was built with does not serve Microsoft.Orleans.Client. "
            + "Add a registry that does, run ./insight setup --again, and build again.").ConfigureAwait(false);
        return 2;
    }
}
