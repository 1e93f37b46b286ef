using Locks.TestKit;
using Microsoft.Playwright;
using Xunit;

namespace Locks.Dashboard.Tests;

/// <summary>The dashboard can be read in light and dark, on a narrow screen, and with the keyboard alone.</summary>
public sealed class ReadingTests(Chromium chromium) : BrowserTests(chromium)
{
    private const string Key = "tenants/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/import";

    private static readonly string FaintTexts = File.ReadAllText(Repository.PathOf("tests/Locks.Dashboard.Tests/faint-texts.js"));
    private static readonly string WideElements = File.ReadAllText(Repository.PathOf("tests/Locks.Dashboard.Tests/wide-elements.js"));

    [Theory(Timeout = Limit)]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task EveryText_HasEnoughContrast_AndNothingIsWiderThan320Pixels(ColorScheme scheme)
    {
        await using var held = await Server.AcquireAsync(Key, "an-owner-with-a-long-name-and-a-process-id:4711/0123456789abcdef0123456789");
        var behind = await Server.BeginToWaitAsync(Key, "settlement-2");
        Server.Advance(60);
        await using var page = await DashboardPage.OpenAsync(Chromium.Browser, Server.Address, width: 320, height: 640, scheme: scheme);

        await SeesAsync(page.Section("Look at these first"), "looks stuck");
        await CheckAsync();
        await page.GoToAsync("#/search?prefix=ten");
        await SeesAsync(page.Main, "1 lock, as of ");
        await CheckAsync();
        await page.GoToAsync(DashboardPage.LockAddress(Key));
        await SeesAsync(page.Section("Queue"), "settlement-2");
        await CheckAsync();
        await page.Button("Force release …").ClickAsync();
        await SeesAsync(page.Page.GetByRole(AriaRole.Dialog), "Reason");
        await CheckAsync();

        await held.ReleaseAsync();
        await using var next = await behind.Within();

        async Task CheckAsync()
        {
            Assert.Empty(await page.Page.EvaluateAsync<string[]>(FaintTexts));
            Assert.Empty(await page.Page.EvaluateAsync<string[]>(WideElements));
        }
    }

    [Fact(Timeout = Limit)]
    public async Task TheKeyboardAlone_OpensALock_AndTheDialog_AndLeavesIt()
    {
        await using var held = await Server.AcquireAsync(Key, "settlement-1");
        var behind = await Server.BeginToWaitAsync(Key, "settlement-2");
        await using var page = await OpenAsync();
        var link = page.Row("Contended keys", Key).GetByRole(AriaRole.Link);
        await Assertions.Expect(link).ToBeVisibleAsync();

        await TabToAsync(link);
        await page.Page.Keyboard.PressAsync("Enter");
        var release = page.Button("Force release …");
        await Assertions.Expect(release).ToBeEnabledAsync();
        await TabToAsync(release);
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Page.GetByLabel("Reason")).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("Escape");

        await Assertions.Expect(page.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await Assertions.Expect(release).ToBeFocusedAsync();
        Assert.True(held.IsHeld);

        await held.ReleaseAsync();
        await using var next = await behind.Within();

        async Task TabToAsync(ILocator wanted)
        {
            for (var steps = 0; !await wanted.EvaluateAsync<bool>("element => element === document.activeElement"); steps++)
            {
                Assert.InRange(steps, 0, 30);
                await page.Page.Keyboard.PressAsync("Tab");
            }
        }
    }
}
