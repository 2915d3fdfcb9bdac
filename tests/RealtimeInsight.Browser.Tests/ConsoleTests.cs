using Microsoft.Playwright;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Host.Tests;

namespace RealtimeInsight.Browser.Tests;

public sealed class ConsoleTests(Browser browser) : IClassFixture<Browser>
{
    private const string Hostile = "<img src=x onerror=alert(1)>";
    private readonly List<string> _errors = [];

    [BrowserFact]
    public async Task Overview_ShowsCountersCustomersAndNotices()
    {
        await using var host = await StartAsync();
        var page = await browser.OpenAsync(host.Host.Address, _errors);

        await Expect(page.Locator("#state")).ToHaveTextAsync("live");
        await Expect(page.Locator("#demo")).ToBeVisibleAsync();
        await Expect(page.Locator("#tile-carts-open")).ToHaveTextAsync("1");
        await Expect(page.Locator("#at-risk tbody tr")).ToHaveCountAsync(2);
        await Expect(page.Locator("#at-risk").GetByRole(AriaRole.Link, new() { Name = "alice" })).ToBeVisibleAsync();
        await Expect(page.Locator("#at-risk").GetByRole(AriaRole.Img, new() { Name = "Abandonment 71%" }).First).ToBeVisibleAsync();
        await host.Engine.SubscribedAsync();
        host.Engine.Publish(new EngineNotice(Sample.At, "cart_abandoned", "alice", "59.90 EUR"));
        await Expect(page.Locator("#feed li")).ToContainTextAsync("cart abandoned");
        await ShotAsync(page, "overview-1440");
        await page.Context.CloseAsync();
        Assert.Empty(_errors);
    }

    [BrowserFact]
    public async Task Customer_OpenedFromTheTable_ShowsStateAndTimeline()
    {
        await using var host = await StartAsync();
        var page = await browser.OpenAsync(host.Host.Address, _errors);

        await page.Locator("#at-risk tbody tr", new() { HasText = "alice" }).ClickAsync();

        await Expect(page.Locator("h1")).ToHaveTextAsync("alice");
        await Expect(page.Locator("#segments")).ToContainTextAsync("cart at risk");
        await Expect(page.Locator(".card", new() { HasText = "Scores" })).ToContainTextAsync("behaviour/1");
        await Expect(page.Locator(".card", new() { HasText = "Cart" }).First).ToContainTextAsync("2 × Boot");
        await Expect(page.Locator("#decisions li")).ToContainTextAsync("reminder by cart-reminder");
        await Expect(page.Locator("#timeline li")).ToHaveCountAsync(5);
        await page.Locator("#timeline summary").First.ClickAsync();
        await Expect(page.Locator("#timeline pre").First).ToContainTextAsync("\"n\": 0");
        await ShotAsync(page, "customer-1440");
        await page.GetByRole(AriaRole.Link, new() { Name = "All customers" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Customers now");
        await page.Context.CloseAsync();
        Assert.Empty(_errors);
    }

    [BrowserFact]
    public async Task Search_ByKeyboard_FindsAVisitorAndExplainsAnUnknownId()
    {
        await using var host = await StartAsync();
        var page = await browser.OpenAsync(host.Host.Address, _errors);

        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByText("Skip to content")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByLabel("Customer id")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("v 1/ü");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#segments")).ToContainTextAsync("known");
        await Expect(page.Locator("h1")).ToBeFocusedAsync();

        await page.GetByLabel("Customer id").FillAsync("nobody");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("No such customer");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("anonymousId");
        await page.Context.CloseAsync();
        Assert.Empty(_errors);
    }

    [BrowserTheory]
    [InlineData(360, ColorScheme.Light)]
    [InlineData(360, ColorScheme.Dark)]
    [InlineData(1440, ColorScheme.Dark)]
    public async Task Pages_AtEachWidthAndScheme_FitWithoutScrollingSideways(int width, ColorScheme scheme)
    {
        await using var host = await StartAsync();
        var page = await browser.OpenAsync(host.Host.Address, _errors, width, scheme);
        await Expect(page.Locator("#at-risk tbody tr")).ToHaveCountAsync(2);
        await ShotAsync(page, $"overview-{width}-{scheme}");
        Assert.True(await FitsAsync(page), "the overview scrolls sideways");

        await page.GotoAsync($"{host.Host.Address}/#/customers/alice");
        await Expect(page.Locator("#timeline li")).ToHaveCountAsync(5);
        await ShotAsync(page, $"customer-{width}-{scheme}");
        Assert.True(await FitsAsync(page), "the customer's page scrolls sideways");
        var background = await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
        Assert.Equal(scheme == ColorScheme.Dark ? "rgb(16, 20, 27)" : "rgb(245, 246, 248)", background);
        await page.Context.CloseAsync();
        Assert.Empty(_errors);
    }

    [BrowserFact]
    public async Task Overview_WithoutCustomers_SaysHowToGetSome()
    {
        await using var host = await TestHost.StartAsync(isDemo: true);
        var page = await browser.OpenAsync(host.Host.Address, _errors);

        await Expect(page.Locator("#at-risk")).ToContainTextAsync("Send events to /v1/batch");
        await Expect(page.GetByText("Nothing has happened yet")).ToBeVisibleAsync();
        await page.Context.CloseAsync();
    }

    [BrowserFact]
    public async Task Customer_HostileText_IsShownNotRun()
    {
        await using var host = await TestHost.StartAsync(isDemo: true);
        host.Engine.Insights[Hostile] = Sample.Insight(Hostile);
        var page = await browser.OpenAsync($"{host.Host.Address}/#/customers/{Uri.EscapeDataString(Hostile)}", _errors);

        await Expect(page.Locator("h1")).ToHaveTextAsync(Hostile);
        Assert.Equal(0, await page.Locator("main img").CountAsync());
        var inline = await page.EvaluateAsync<bool>(
            "() => { const script = document.createElement('script'); script.textContent = 'window.ran = true'; "
            + "document.body.append(script); return !!window.ran; }");
        Assert.False(inline, "the content policy let an inline script run");
        await page.Context.CloseAsync();
    }

    [BrowserFact]
    public async Task ReadKey_Needed_IsAskedForAndUsed()
    {
        await using var host = await TestHost.StartAsync();
        host.Engine.Insights["alice"] = Sample.Insight("alice");
        var page = await browser.OpenAsync(host.Host.Address, _errors);

        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await page.GetByLabel("Read key", new() { Exact = true }).FillAsync(TestHost.ReadKey);
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();

        await Expect(page.Locator("#state")).ToHaveTextAsync("live");
        await Expect(page.Locator("#at-risk tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Locator("#demo")).ToBeHiddenAsync();
        await page.Context.CloseAsync();
    }

    [BrowserFact]
    public async Task Models_OpenedFromTheOverview_ShowLiveFiguresAndDrift()
    {
        await using var host = await StartAsync();
        var page = await browser.OpenAsync(host.Host.Address, _errors);

        await page.Locator("#model a").ClickAsync();

        await Expect(page.Locator("h1")).ToHaveTextAsync("Models");
        await Expect(page.Locator("#models")).ToContainTextAsync("0.710");
        await Expect(page.Locator("#models")).ToContainTextAsync("gap log");
        await Expect(page.Locator("#models .chip[data-kind=no]")).ToHaveCountAsync(1);
        await Expect(page.Locator("#models")).ToContainTextAsync("12 scores wait for their outcome");
        await ShotAsync(page, "models-1440");
        await page.Context.CloseAsync();
    }

    [BrowserFact]
    public async Task Engine_Degraded_IsToldInTheBanner()
    {
        await using var host = await TestHost.StartAsync(isDemo: true, engine: new FakeEngine { Problems = ["No model is loaded."] });
        var page = await browser.OpenAsync(host.Host.Address, _errors);

        await Expect(page.Locator("#state")).ToHaveTextAsync("degraded");
        await Expect(page.Locator("#banner")).ToHaveTextAsync("No model is loaded.");
        await page.Context.CloseAsync();
    }

    [BrowserFact]
    public async Task Host_Stopped_IsToldAndTheCustomerStays()
    {
        var host = await StartAsync();
        var page = await browser.OpenAsync(host.Host.Address, _errors);
        await Expect(page.Locator("#state")).ToHaveTextAsync("live");

        await host.DisposeAsync();

        await Expect(page.Locator("#state")).ToHaveTextAsync("reconnecting");
        await Expect(page.Locator("#banner")).ToContainTextAsync("does not answer");
        await page.Context.CloseAsync();
    }

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    private static Task<bool> FitsAsync(IPage page) =>
        page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth");

    /// <summary>Keeps a picture where INSIGHT_SHOTS names a folder, for people to look at.</summary>
    private static async Task ShotAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("INSIGHT_SHOTS") is not { Length: > 0 } folder) return;
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png"), FullPage = true });
    }

    private static async Task<TestHost> StartAsync()
    {
        var host = await TestHost.StartAsync(isDemo: true);
        host.Engine.Insights["alice"] = Sample.Insight("alice");
        var visitor = Sample.Insight("anon:v 1/ü");
        host.Engine.Insights[visitor.CustomerId] = visitor with { Cart = null, Scores = visitor.Scores! with { Abandonment = null } };
        return host;
    }
}
