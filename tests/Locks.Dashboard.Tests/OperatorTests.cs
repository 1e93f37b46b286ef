using Locks.Client;
using Locks.TestKit;
using Microsoft.Playwright;
using Xunit;

namespace Locks.Dashboard.Tests;

public sealed class OperatorTests(Chromium chromium) : BrowserTests(chromium)
{
    private const string Key = "job/nightly";

    [Fact(Timeout = Limit)]
    public async Task AForcedRelease_AsksForAReason_AndReachesItsHolder()
    {
        await using var stuck = await Server.AcquireAsync(Key, "settlement-1");
        var behind = await Server.BeginToWaitAsync(Key, "settlement-2");
        await using var page = await OpenAsync(DashboardPage.LockAddress(Key));

        await page.Button("Force release …").ClickAsync();
        var dialog = page.Page.GetByRole(AriaRole.Dialog);
        await SeesAsync(dialog, "settlement-1");
        await dialog.GetByLabel("Reason").FillAsync("  ");
        await page.Button("Force release").ClickAsync();
        await SeesAsync(dialog, "Give a reason.");
        Assert.True(stuck.IsHeld);
        await dialog.GetByLabel("Reason").FillAsync("it hangs since noon");
        await page.Button("Force release").ClickAsync();

        await Eventually.FiresAsync(stuck.Lost);
        Assert.Equal(new LockLoss(LockLossReason.Revoked, "loopback", "it hangs since noon"), stuck.Loss);
        await using var next = await behind.Within();
        await SeesAsync(page.Page.Locator("#notice"), $"{Key} was taken from settlement-1.");
        await SeesAsync(page.Section("Queue"), "settlement-2");
        await Assertions.Expect(page.Button("Force release …")).ToBeFocusedAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task NoLockCanBeReleased_BeforeItIsKnownWhoHoldsIt()
    {
        await using var held = await Server.AcquireAsync(Key, "settlement-1");
        await using var page = await OpenAsync("#/");
        var isKnown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await page.Page.RouteAsync("**/api/v1/lock?*", async route =>
        {
            await isKnown.Task;
            await route.ContinueAsync();
        });

        await page.GoToAsync(DashboardPage.LockAddress(Key));
        await Assertions.Expect(page.Button("Force release …")).ToBeDisabledAsync();

        isKnown.SetResult();
        await SeesAsync(page.Section("Queue"), "settlement-1");
        await Assertions.Expect(page.Button("Force release …")).ToBeEnabledAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task AHolderThatHasChanged_IsNotTheOneThatLosesTheLock()
    {
        await using var first = await Server.AcquireAsync(Key, "settlement-1");
        var behind = await Server.BeginToWaitAsync(Key, "settlement-2");
        await using var page = await OpenAsync(DashboardPage.LockAddress(Key));
        await page.Button("Force release …").ClickAsync();

        await first.ReleaseAsync();
        await using var second = await behind.Within();

        await SeesAsync(page.Page.GetByRole(AriaRole.Dialog), "The holder has changed meanwhile.");
        await Assertions.Expect(page.Button("Force release")).ToBeDisabledAsync();
        Assert.True(second.IsHeld);
    }

    [Fact(Timeout = Limit)]
    public async Task ACancelledWaiter_LearnsWhy_AndTheHolderKeepsTheLock()
    {
        await using var holder = await Server.AcquireAsync(Key, "settlement-1");
        var behind = await Server.BeginToWaitAsync(Key, "settlement-2");
        await using var page = await OpenAsync(DashboardPage.LockAddress(Key));

        await page.Button("Cancel waiter 1, settlement-2").ClickAsync();
        await page.Page.GetByLabel("Reason").FillAsync("it blocks the others");
        await page.Page.GetByLabel("Reason").PressAsync("Enter");

        var refused = await Assert.ThrowsAsync<LockRefusedException>(() => behind.Within());
        Assert.Contains("it blocks the others", refused.Message, StringComparison.Ordinal);
        await SeesAsync(page.Section("Queue"), "settlement-1");
        await Assertions.Expect(page.Section("Queue").GetByRole(AriaRole.Listitem)).ToHaveCountAsync(1);
        Assert.True(holder.IsHeld);
    }

    [Fact(Timeout = Limit)]
    public async Task Search_FindsByTheBeginningOfAKey_AndByOwner()
    {
        await using var one = await Server.AcquireAsync("orders/1 & 2", "shop-1");
        await using var two = await Server.AcquireAsync("orders/3", "shop-2");
        await using var page = await OpenAsync();
        var text = page.Page.GetByRole(AriaRole.Searchbox, new PageGetByRoleOptions { Name = "Search" });

        await text.FillAsync("orders/1 &");
        await text.PressAsync("Enter");
        await SeesAsync(page.Main, "1 lock, as of ");
        await SeesAsync(page.Main, "orders/1 & 2");

        await page.Page.GetByLabel("Search by").SelectOptionAsync("owner");
        await text.FillAsync("shop-2");
        await text.PressAsync("Enter");
        await SeesAsync(page.Main, "Locks that are held by shop-2");
        await page.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "orders/3" }).ClickAsync();
        await SeesAsync(page.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 }), "orders/3");
    }

    [Fact(Timeout = Limit)]
    public async Task MarkupInAKeyAndAnOwner_StaysText()
    {
        const string Markup = "<img src=x onerror=alert(1)>'\"><script>alert(2)</script>", Name = "<b onmouseover=alert(3)>&amp;{{7*7}}javascript:alert(4)";
        await using var held = await Server.AcquireAsync(Markup, Name);
        var behind = await Server.BeginToWaitAsync(Markup, Name);
        Server.Advance(60);
        await using var page = await OpenAsync();

        foreach (var heading in new[] { "Look at these first", "Contended keys", "Longest waits", "Oldest holders" })
        {
            await SeesAsync(page.Section(heading), Markup);
            await SeesAsync(page.Section(heading), Name);
        }

        await page.Section("Contended keys").GetByRole(AriaRole.Link).ClickAsync();
        await SeesAsync(page.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 }), Markup);
        await SeesAsync(page.Section("Queue"), Name);
        await page.Button("Force release …").ClickAsync();
        await SeesAsync(page.Page.GetByRole(AriaRole.Dialog), Markup);
        await page.Page.GetByLabel("Reason").FillAsync(Markup);
        await page.Button("Force release").ClickAsync();
        await SeesAsync(page.Page.Locator("#notice"), Markup);
        Assert.Equal(Markup, held.Loss?.Detail ?? await LossAsync(held));
        Assert.Equal(0, await page.Page.Locator("main img, main script, #notice *").CountAsync());

        await using var next = await behind.Within();
    }

    private static async Task<string?> LossAsync(ILockHandle handle)
    {
        await Eventually.FiresAsync(handle.Lost);
        return handle.Loss!.Detail;
    }
}
