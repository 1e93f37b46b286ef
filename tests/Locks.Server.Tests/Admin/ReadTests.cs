using System.Net;
using System.Text.Json;
using Locks.Admin.Json;
using Locks.Contracts;
using Xunit;

namespace Locks.Server.Tests.Admin;

/// <summary>What the API tells is what the store tells.</summary>
public sealed class ReadTests(AdminFixture fixture) : IClassFixture<AdminFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task OneLock_IsDescribedAsTheStoreDescribesIt()
    {
        var key = AdminFixture.NewKey("ordner/ä b?&=");
        await using var held = await fixture.HoldAsync(key);
        var (caller, attemptId) = await fixture.WaitAsync(key);

        var answer = await GetAsync<LockDescription>($"lock?key={Uri.EscapeDataString(key)}");

        var stored = await fixture.Locks.DescribeAsync(key, Cancel);
        Assert.Equal((key, LockStates.Held, held.FencingToken, 1), (answer.Key, answer.State, answer.LastFencingToken, answer.Waiters));
        Assert.Equal(
            (stored.Holder!.AttemptId, stored.Holder.Owner, stored.Holder.FencingToken, stored.Holder.GrantedAt, stored.Holder.ExpiresAt),
            (answer.Holder!.AttemptId, answer.Holder.Owner, answer.Holder.FencingToken, answer.Holder.GrantedAt, answer.Holder.ExpiresAt));
        Assert.Equal(TimeSpan.FromMinutes(5), answer.Holder.Ttl);
        Assert.InRange(answer.Holder.HeldFor, TimeSpan.Zero, stored.Holder.HeldFor);
        var waiter = Assert.Single(answer.Queue);
        Assert.Equal((1, attemptId, "the waiter", stored.Queue[0].QueuedAt), (waiter.Rank, waiter.AttemptId, waiter.Owner, waiter.QueuedAt));
        await held.DisposeAsync();
        await (await caller).DisposeAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task AKeyThatWasNeverUsed_IsAFreeLock()
    {
        var answer = await fixture.Client.GetAsync("/api/v1/lock?key=never-used");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("Free", answer.Json.GetProperty("state").GetString());
        Assert.False(answer.Json.TryGetProperty("holder", out _));
    }

    [Fact(Timeout = 60_000)]
    public async Task Locks_AreListedByAllFilters_PageByPage()
    {
        var prefix = AdminFixture.NewKey("list") + "/";
        await using var a = await fixture.HoldAsync(prefix + "a", "one");
        await using var b = await fixture.HoldAsync(prefix + "b", "two");
        await using var c = await fixture.HoldAsync(prefix + "c", "one");
        var (caller, _) = await fixture.WaitAsync(prefix + "b");

        Assert.Equal(["a", "b", "c"], await KeysAsync(""));
        Assert.Equal(["a", "c"], await KeysAsync("&owner=one"));
        Assert.Equal(["b"], await KeysAsync("&waitingLongerThan=0"));
        Assert.Empty(await KeysAsync("&waitingLongerThan=86400000"));
        Assert.Equal(["a", "b", "c"], await KeysAsync("&state=Held"));
        Assert.Empty(await KeysAsync("&state=Free"));
        Assert.Equal(["b", "c"], await KeysAsync($"&after={Uri.EscapeDataString(prefix + "a")}"));
        var first = await GetAsync<LockPage>($"locks?prefix={prefix}&limit=2");
        Assert.Equal([prefix + "a", prefix + "b"], first.Locks.Select(found => found.Key));
        Assert.Equal(prefix + "b", first.Next);
        Assert.Equal((b.FencingToken, "two", 1), (first.Locks[1].Holder!.FencingToken, first.Locks[1].Holder!.Owner, first.Locks[1].Waiters));
        await b.DisposeAsync();
        await (await caller).DisposeAsync();

        async Task<IEnumerable<string>> KeysAsync(string filters) =>
            (await GetAsync<LockPage>($"locks?prefix={prefix}{filters}")).Locks.Select(found => found.Key[prefix.Length..]);
    }

    [Fact(Timeout = 60_000)]
    public async Task WhoBlocksWhom_IsWhatACoordinatorTells()
    {
        var answer = await GetAsync<WaitForGraph>("wait-for-graph");

        var told = await fixture.Locks.Inspector.DescribeWaitForGraphAsync(Cancel);
        Assert.Equal((told.MinAge, told.BreaksDeadlocks, told.Deadlocks.Count), (answer.MinAge, answer.BreaksDeadlocks, answer.Deadlocks.Count));
        Assert.InRange(answer.At, told.At.AddMinutes(-1), told.At);
        Assert.Equal(HttpStatusCode.BadRequest, (await fixture.Client.GetAsync("/api/v1/wait-for-graph?key=a")).Status);
    }

    [Fact(Timeout = 60_000)]
    public async Task Leases_AreThoseThatTheStoreHas()
    {
        var first = await fixture.Locks.Leases.GrantAsync(TimeSpan.FromMinutes(1), cancellationToken: Cancel);
        var second = await fixture.Locks.Leases.GrantAsync(TimeSpan.FromMinutes(1), cancellationToken: Cancel);

        var page = await GetAsync<LeasePage>("leases?limit=1");
        var rest = await GetAsync<LeasePage>($"leases?after={page.Next}");

        Guid[] found = [page.Leases[0].LeaseFingerprint, .. rest.Leases.Select(lease => lease.LeaseFingerprint)];
        Assert.Equal([LeaseFingerprint.Of(first.Id), LeaseFingerprint.Of(second.Id)], found);
        Assert.Equal(TimeSpan.FromMinutes(1), page.Leases[0].Ttl);
        await fixture.Locks.Leases.RevokeAsync(first.Id, Cancel);
        await fixture.Locks.Leases.RevokeAsync(second.Id, Cancel);
    }

    [Fact(Timeout = 60_000)]
    public async Task Coordinators_AreThoseThatRun()
    {
        var answer = await GetAsync<CoordinatorsDescription>("coordinators");

        var asked = await fixture.Locks.Inspector.DescribeCoordinatorsAsync(Cancel);
        Assert.Equal((asked.AnsweredBy, asked.Partitions, asked.Store), (answer.AnsweredBy, answer.Partitions, answer.Store));
        var (stored, shown) = (Assert.Single(asked.Coordinators), Assert.Single(answer.Coordinators));
        Assert.Equal((stored.Id, stored.Machine, stored.Version), (shown.Id, shown.Machine, shown.Version));
        Assert.Equal(stored.Queues, shown.Queues);
    }

    [Fact(Timeout = 60_000)]
    public async Task Statistics_AreTheStores()
    {
        var key = AdminFixture.NewKey("counted");
        await using var held = await fixture.HoldAsync(key);
        var (caller, _) = await fixture.WaitAsync(key);

        LockStatistics stored, shown;
        do
        {
            // A count is kept for a second: both answers have to be of one count.
            stored = await fixture.Locks.Inspector.DescribeStatisticsAsync(Cancel);
            shown = await GetAsync<LockStatistics>("statistics");
        }
        while (stored.At != shown.At || stored.MostContended.All(found => found.Key != key));

        Assert.Equal(
            (stored.Held, stored.Offered, stored.Cooling, stored.Free, stored.Waiters, stored.Contended, stored.Leases, stored.IsTruncated),
            (shown.Held, shown.Offered, shown.Cooling, shown.Free, shown.Waiters, shown.Contended, shown.Leases, shown.IsTruncated));
        Assert.Equal(stored.MostContended.Select(Facts), shown.MostContended.Select(Facts));
        Assert.Equal(stored.LongestWaits.Select(Facts), shown.LongestWaits.Select(Facts));
        Assert.Equal(stored.OldestHolders!.Select(Facts), shown.OldestHolders!.Select(Facts));
        Assert.Contains(key, shown.OldestHolders!.Select(found => found.Key));
        await held.DisposeAsync();
        await (await caller).DisposeAsync();
    }

    [Theory(Timeout = 60_000)]
    [InlineData("locks?limit=0", "limit", "from 1 to 500")]
    [InlineData("locks?limit=501", "limit", "from 1 to 500")]
    [InlineData("locks?limit=ten", "limit", "'ten'; it must be a whole number from 1 to 500")]
    [InlineData("locks?waitingLongerThan=-1", "waitingLongerThan", "a whole number of milliseconds from 0 to 86400000")]
    [InlineData("locks?waitingLongerThan=1s", "waitingLongerThan", "'1s'")]
    [InlineData("locks?state=held", "state", "it must be Free, Offered, Held or Cooling")]
    [InlineData("locks?owner=%00", "owner", "U+0000")]
    [InlineData("locks?own=x", "own", "there are: prefix, owner, state, waitingLongerThan, after, limit")]
    [InlineData("locks?owner=a&owner=b", "owner", "give it once")]
    [InlineData("lock", "key", "it must have 1 to 512 UTF-8 bytes")]
    [InlineData("lock?key=", "key", "it must have 1 to 512 UTF-8 bytes")]
    [InlineData("leases?after=1", "after", "it must be a UUID")]
    [InlineData("leases?limit=-3", "limit", "from 1 to 500")]
    [InlineData("coordinators?key=a", "key", "there are: none")]
    [InlineData("statistics?key=a", "key", "there are: none")]
    [InlineData("events?key=a", "key", "there are: none")]
    public async Task WhatBreaksALimit_IsRefused_WithTheFieldAndTheLimit(string path, string field, string limit)
    {
        var answer = (await fixture.Client.GetAsync("/api/v1/" + path)).IsProblem(HttpStatusCode.BadRequest, "bad-request");

        Assert.Contains(limit, answer.Json.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
        Assert.Contains(limit, answer.Detail, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task ALongKey_IsRefused_WithItsLength()
    {
        var answer = await fixture.Client.GetAsync($"/api/v1/lock?key={new string('k', 513)}");

        answer.IsProblem(HttpStatusCode.BadRequest, "bad-request");
        Assert.Equal("Key has 513 UTF-8 bytes; the limit is 512.", answer.Detail);
    }

    [Fact(Timeout = 60_000)]
    public async Task APathThatThereIsNot_AndAMethodThatItDoesNotHave_AreProblems()
    {
        (await fixture.Client.GetAsync("/api/v1/nothing")).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await fixture.Client.PostAsync("/api/v1/locks", new { })).IsProblem(HttpStatusCode.MethodNotAllowed, "method-not-allowed");
    }

    private static (string, string, int, Guid?, long?) Facts(LockSummary found) =>
        (found.Key, found.State, found.Waiters, found.Holder?.AttemptId, found.Holder?.FencingToken);

    private async Task<T> GetAsync<T>(string path)
    {
        var answer = await fixture.Client.GetAsync("/api/v1/" + path);
        Assert.Equal((HttpStatusCode.OK, "application/json; charset=utf-8"), (answer.Status, answer.Headers["Content-Type"]));
        return JsonSerializer.Deserialize<T>(answer.Body, AdminJson.Options)!;
    }
}
