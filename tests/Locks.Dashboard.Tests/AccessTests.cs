using Microsoft.Playwright;
using Xunit;

namespace Locks.Dashboard.Tests;

/// <summary>The dashboard of a server that needs keys.</summary>
public sealed class AccessTests(Chromium chromium) : BrowserTests(chromium)
{
    private const string ReadKey = "read-key-0123456789", WriteKey = "write-key-0123456789";

    [Fact(Timeout = Limit)]
    public async Task ThePage_AsksForAKey_KeepsItInMemoryOnly_AndSaysWhatAReadKeyMayNot()
    {
        await using var server = await RunningServer.StartAsync($"--Locks:Admin:ReadKeys:ann={ReadKey}", $"--Locks:Admin:WriteKeys:bob={WriteKey}");
        await using var held = await server.AcquireAsync("job/nightly", "settlement-1");
        await using var page = await DashboardPage.OpenAsync(Chromium.Browser, server.Address, DashboardPage.LockAddress("job/nightly"));
        var dialog = page.Page.GetByRole(AriaRole.Dialog);

        await UseAsync("not-the-key-0123456789");
        await SeesAsync(dialog, "is not one of those");
        await UseAsync(ReadKey);
        await SeesAsync(page.Main, "settlement-1");
        await SeesAsync(page.Page.Locator("#connection"), "Live");

        await page.Button("Force release …").ClickAsync();
        await dialog.GetByLabel("Reason").FillAsync("it hangs");
        await page.Button("Force release").ClickAsync();
        await SeesAsync(dialog, "Use a key in Locks:Admin:WriteKeys");
        Assert.True(held.IsHeld);

        Assert.Equal(0, await page.Page.EvaluateAsync<int>("localStorage.length + sessionStorage.length + document.cookie.length"));
        Assert.DoesNotContain(ReadKey, await page.Page.ContentAsync(), StringComparison.Ordinal);

        async Task UseAsync(string key)
        {
            await dialog.GetByLabel("Key").FillAsync(key);
            await page.Button("Use it").ClickAsync();
        }
    }
}
