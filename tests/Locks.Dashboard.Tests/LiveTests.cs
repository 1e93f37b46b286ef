using System.Globalization;
using Locks.TestKit;
using Microsoft.Playwright;
using Xunit;

namespace Locks.Dashboard.Tests;

public sealed class LiveTests(Chromium chromium) : BrowserTests(chromium)
{
    [Fact(Timeout = Limit)]
    public async Task AContendedLock_IsShown_AndChangesHandsLive()
    {
        await using var first = await Server.AcquireAsync("payments/42", "capture-1");
        var second = await Server.BeginToWaitAsync("payments/42", "capture-2");
        await using var page = await OpenAsync();

        var row = page.Row("Contended keys", "payments/42");
        await SeesAsync(row, "capture-1");
        await SeesAsync(row, "1 caller");

        await first.ReleaseAsync();
        await using var held = await second.Within();

        await Assertions.Expect(row).ToHaveCountAsync(0);
        await SeesAsync(page.Row("Oldest holders", "payments/42"), "capture-2");
    }

    [Fact(Timeout = Limit)]
    public async Task ALock_ShowsItsQueueInOrder_AndMovesUpLive()
    {
        await using var first = await Server.AcquireAsync("folders/a/b", "importer-1");
        var second = await Server.BeginToWaitAsync("folders/a/b", "importer-2");
        var third = await Server.BeginToWaitAsync("folders/a/b", "importer-3");
        await using var page = await OpenAsync(DashboardPage.LockAddress("folders/a/b"));
        var boxes = page.Section("Queue").GetByRole(AriaRole.Listitem);

        await Assertions.Expect(boxes).ToContainTextAsync(["holderimporter-1", "1 · nextimporter-2", "2importer-3"]);

        await first.ReleaseAsync();
        await using (await second.Within())
            await Assertions.Expect(boxes).ToContainTextAsync(["holderimporter-2", "1 · nextimporter-3"]);

        await using var last = await third.Within();
    }

    [Fact(Timeout = Limit)]
    public async Task AStuckHolder_StandsFirst_InWords_AndAHotKeyDoesNot()
    {
        await using var stuck = await Server.AcquireAsync("job/nightly", "settlement-1");
        var behind = await Server.BeginToWaitAsync("job/nightly", "settlement-2");
        await using var earlier = await Server.AcquireAsync("stock/1", "checkout-1");
        var next = await Server.BeginToWaitAsync("stock/1", "checkout-2");
        var last = await Server.BeginToWaitAsync("stock/1", "checkout-3");
        Server.Advance(250);
        await stuck.RenewAsync();
        await earlier.ReleaseAsync();
        await using var hot = await next.Within();
        await using var page = await OpenAsync();

        var notices = page.Section("Look at these first").GetByRole(AriaRole.Listitem);
        await Assertions.Expect(notices).ToHaveCountAsync(1);
        await SeesAsync(notices, "job/nightly looks stuck.");
        await SeesAsync(notices, "settlement-1 has held it for ");
        await SeesAsync(notices, "1 caller waits for it, the first for ");
        await SeesAsync(notices, "Its process lives: it renewed the lease");
        await SeesAsync(page.Row("Contended keys", "job/nightly"), "▲ Looks stuck");
        await SeesAsync(page.Row("Contended keys", "stock/1"), "Held");

        await stuck.ReleaseAsync();
        await hot.ReleaseAsync();
        await using var one = await behind.Within();
        await using var other = await last.Within();
    }

    [Fact(Timeout = Limit)]
    public async Task ADeadlock_IsShownWithItsWholeCircle_UntilItEnds()
    {
        await using var a = await Server.AcquireAsync("deadlock/a", "worker-a");
        await using var b = await Server.AcquireAsync("deadlock/b", "worker-b");
        var ofA = await Server.BeginToWaitAsync("deadlock/b", "worker-a");
        var ofB = await Server.BeginToWaitAsync("deadlock/a", "worker-b");
        Server.Advance(3);
        await using var page = await OpenAsync();

        var waits = page.Section("Deadlocks").Locator("ol").GetByRole(AriaRole.Listitem);
        await Assertions.Expect(waits).ToHaveTextAsync(
            ["worker-b waits for deadlock/a, held by worker-a", "worker-a waits for deadlock/b, held by worker-b"]);

        await a.ReleaseAsync();
        await using (await ofB.Within())
            await Assertions.Expect(page.Section("Deadlocks")).ToHaveCountAsync(0);
        await b.ReleaseAsync();
        await using var last = await ofA.Within();
    }

    [Fact(Timeout = Limit)]
    public async Task AServerThatIsAway_IsTold_AndTheNumbersAreCalledOld()
    {
        await using var server = await RunningServer.StartAsync();
        await using var page = await OpenAsync(server);
        await SeesAsync(page.Page.Locator("#connection"), "Live");

        await server.StopAsync();

        var at = await page.Page.Locator("#connection").GetAttributeAsync("data-at");
        var moment = PageText.Instant(DateTimeOffset.Parse(at!, CultureInfo.InvariantCulture), DateTimeOffset.Parse(at!, CultureInfo.InvariantCulture));
        await SeesAsync(page.Page.Locator("#connection"), $"The numbers are those of {moment}.");
    }
}
