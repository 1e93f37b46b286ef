using System.Globalization;
using Locks.Contracts;
using Locks.TestKit;
using Microsoft.Playwright;
using Xunit;
using static Locks.Dashboard.Tests.PageText;

namespace Locks.Dashboard.Tests;

/// <summary>Every number on the page of a lock is what the store says, at the moment that the page says it is of.</summary>
public sealed class LockNumbersTests(Chromium chromium) : BrowserTests(chromium)
{
    [Fact(Timeout = Limit)]
    public async Task ALock_HasTheStoresNumbers()
    {
        var earlier = await Server.AcquireAsync("invoices/7", "earlier");
        await earlier.ReleaseAsync();
        await using var holder = await Server.AcquireAsync("invoices/7", "owner-1");
        var waiting = await Server.BeginToWaitAsync("invoices/7", "owner-2");
        Server.Advance(3_725);
        await using var page = await OpenAsync(DashboardPage.LockAddress("invoices/7"));
        await SeesAsync(page.Section("Holder"), "Fencing token");

        var seen = await page.ReadLockAsync();

        var told = await Server.Locks.DescribeAsync("invoices/7");
        var (at, waiter) = (seen.At, told.Queue.Single());
        var (held, waited) = (Words(at - told.Holder!.GrantedAt), Words(at - waiter.QueuedAt));
        Assert.Equal(
            [
                "▲ Looks stuck", $"owner-1 has held it for {held}. 1 caller waits for it, the first for {waited}.",
                $"Its lease of 2 h was not renewed yet, and ends in {Words(told.Holder.ExpiresAt - at)} unless it is renewed.",
            ],
            seen.Sentences);
        Assert.Equal(
            [
                $"holder|owner-1|for {held}",
                $"1 · next|owner-2|waits for {waited}|gives up in {Words(waiter.Deadline - at)}|Cancel …",
            ],
            seen.Boxes);
        Assert.Equal(
            [
                $"Fencing token|{told.Holder.FencingToken}", $"Held since|{Instant(told.Holder.GrantedAt, at)}", "Lease|2 h",
                $"Lease ends|{Instant(told.Holder.ExpiresAt, at)}", "Renewed|not yet", $"Session|{told.Holder.ClientId}",
                $"Attempt|{told.Holder.AttemptId}",
            ],
            seen.Details);
        var ended = Assert.Single(told.History);
        Assert.Equal(
            [
                Instant(ended.GrantedAt!.Value, at), Instant(ended.EndedAt, at), "released", "earlier",
                earlier.FencingToken.ToString(CultureInfo.InvariantCulture), ended.AttemptId.ToString(),
            ],
            await page.Section("History").GetByRole(AriaRole.Cell).AllTextContentsAsync());

        await holder.ReleaseAsync();
        await using var next = await waiting.Within();
    }

    [Fact(Timeout = Limit)]
    public async Task ARenewedLock_WithALongQueue_HasTheStoresNumbers()
    {
        await using var server = await RunningServer.StartAsync();
        await using var holder = await server.AcquireAsync("a", "owner-1");
        await server.BeginToWaitUnconfirmedAsync("a", "owner-2", count: LockLimits.MaxDescribedWaiters + 2);
        server.Advance(20);
        await holder.RenewAsync();
        server.Advance(90);
        await using var page = await DashboardPage.OpenAsync(Chromium.Browser, server.Address, DashboardPage.LockAddress("a"));
        await SeesAsync(page.Section("Queue"), "behind them");

        var seen = await page.ReadLockAsync();

        var told = await server.Locks.DescribeAsync("a");
        var (at, waited) = (seen.At, Words(seen.At - told.Queue[0].QueuedAt));
        Assert.Equal(
            [
                "▲ Looks stuck", $"owner-1 has held it for {Words(at - told.Holder!.GrantedAt)}. 102 callers wait for it, the first for {waited}.",
                $"Its process lives: it renewed the lease {Words(at - told.Holder.RenewedAt!.Value)} ago, which ends in "
                    + $"{Words(told.Holder.ExpiresAt - at)} unless it is renewed.",
            ],
            seen.Sentences);
        Assert.Contains($"Renewed|{Instant(told.Holder.RenewedAt.Value, at)}", seen.Details);
        Assert.Equal("and 2 more waiters behind them", seen.Rest);
        Assert.Equal(
            told.Queue.Select(waiter => $"{(waiter.Rank == 1 ? "1 · next" : waiter.Rank)}|owner-2|waits for {Words(at - waiter.QueuedAt)}"),
            seen.Boxes.Skip(1).Select(box => string.Join('|', box.Split('|')[..3])));
    }

    [Fact(Timeout = Limit)]
    public async Task ALockThatIsOffered_Cooling_OnASharedLease_OrFree_HasTheStoresNumbers()
    {
        await using var server = await RunningServer.StartAsync("--Locks:Limits:ConfirmationWindow=00:05:00");
        var offering = await server.AcquireAsync("offered", "owner-1");
        await server.BeginToWaitUnconfirmedAsync("offered", "owner-2", count: 3, session: "session-2");
        await offering.ReleaseAsync();
        await (await server.AcquireAsync("cooling", "owner-3", holdAtLeast: TimeSpan.FromHours(1))).ReleaseAsync();
        await using var lease = await server.Locks.Leases.GrantAsync(TimeSpan.FromMinutes(30));
        await server.Locks.Locks.AcquireAsync("leased", lease.Id);
        var free = await server.AcquireAsync("free", "owner-4");
        await free.ReleaseAsync();
        await using var page = await DashboardPage.OpenAsync(Chromium.Browser, server.Address);

        var (offered, ofOffer) = await ReadAsync("offered", "Offered, not confirmed yet");
        Assert.Equal($"owner-2 has held it for {Words(offered.At - ofOffer.Holder!.GrantedAt)}. No caller waits for it.", offered.Sentences[1]);
        Assert.Equal([$"offered to|owner-2|for {Words(offered.At - ofOffer.Holder.GrantedAt)}|then 2 members of its cohort"], offered.Boxes);
        Assert.Equal(2, ofOffer.Holder.Cohort!.Count);

        var (cooling, ofCooling) = await ReadAsync("cooling", "Cooling down");
        var got = Words(cooling.At - ofCooling.Holder!.GrantedAt);
        Assert.Equal(
            [
                $"owner-3 got it {got} ago. No caller waits for it.",
                $"It was released, and is kept from others for {Words(ofCooling.Holder.ExpiresAt - cooling.At)} more.",
            ],
            cooling.Sentences[1..]);
        Assert.Equal([$"released by|owner-3|for {got}"], cooling.Boxes);

        var (leased, ofLease) = await ReadAsync("leased", "Held");
        Assert.Equal(
            $"It lives on a shared lease, which ends in {Words(ofLease.Holder!.ExpiresAt - leased.At)} unless it is renewed.", leased.Sentences[2]);
        Assert.Contains($"Shared lease|{LeaseFingerprint.Of(lease.Id)}", leased.Details);

        var (unused, _) = await ReadAsync("free", "Free");
        Assert.Equal([$"Last fencing token|{free.FencingToken}"], unused.Details);
        Assert.Equal(["no holder|free"], unused.Boxes);

        async Task<(SeenLock Seen, LockDescription Told)> ReadAsync(string key, string verdict)
        {
            await page.GoToAsync(DashboardPage.LockAddress(key));
            await SeesAsync(page.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 }), key);
            await SeesAsync(page.Page.Locator(".verdict"), verdict);
            return (await page.ReadLockAsync(), await server.Locks.DescribeAsync(key));
        }
    }
}
