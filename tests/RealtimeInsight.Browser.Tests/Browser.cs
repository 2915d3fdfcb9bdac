using Microsoft.Playwright;

namespace RealtimeInsight.Browser.Tests;

/// <summary>One headless Chromium for all tests of the class.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The browser that INSIGHT_BROWSER names, else the first of the usual names.</summary>
    public static string? Path => Environment.GetEnvironmentVariable("INSIGHT_BROWSER") is { Length: > 0 } given
        ? given
        : Names.Select(Host.Tests.Programs.Find).FirstOrDefault(path => path is not null);

    public async Task InitializeAsync()
    {
        if (Path is null) return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Path, Args = Arguments });
    }

    /// <summary>A page of its own, closed by the caller; script errors of it are collected in <paramref name="errors"/>.</summary>
    public async Task<IPage> OpenAsync(string url, List<string> errors, int width = 1440, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            ColorScheme = scheme,
        });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(20_000);
        page.PageError += (_, error) => errors.Add(error);
        page.Console += (_, message) =>
        {
            // A refused request is logged by the browser itself; the page's answer to it is what the tests look at.
            if (message.Type == "error" && !message.Text.Contains("Failed to load resource")) errors.Add(message.Text);
        };
        await page.GotoAsync(url);
        return page;
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}

/// <summary>A test that needs Chromium; skipped with the reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        if (Browser.Path is null) Skip = "Chromium is not installed; ./insight test installs it where it can";
    }
}

/// <summary>The same for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute()
    {
        if (Browser.Path is null) Skip = "Chromium is not installed; ./insight test installs it where it can";
    }
}
