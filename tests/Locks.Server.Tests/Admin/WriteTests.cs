using System.Net;
using System.Text.RegularExpressions;
using Locks.Client;
using Locks.Contracts;
using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Server.Tests.Admin;

/// <summary>What an operator does, and what came to nothing.</summary>
public sealed partial class WriteTests(AdminFixture fixture) : IClassFixture<AdminFixture>
{
    private const string ForceRelease = "/api/v1/lock/force-release";
    private const string CancelWaiter = "/api/v1/lock/cancel-waiter";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task AForcedRelease_ReachesItsHolder_AndTheLog_AndTheNextWaiterHasTheLock()
    {
        var key = AdminFixture.NewKey();
        await using var held = await fixture.HoldAsync(key, "billing-3");
        var (caller, _) = await fixture.WaitAsync(key);

        var answer = await fixture.Client.PostAsync(ForceRelease, new { key, reason = "the import hangs" });

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(
            (key, held.FencingToken, "billing-3"),
            (Text(answer, "key"), answer.Json.GetProperty("fencingToken").GetInt64(), Text(answer, "holderOwner")));
        await Eventually.FiresAsync(held.Lost);
        Assert.Equal(new LockLoss(LockLossReason.Revoked, "loopback", "the import hangs"), held.Loss);
        await using var next = await caller;
        Assert.True(next.FencingToken > held.FencingToken);
        Assert.Single(fixture.Server.Log, line => line.StartsWith("Information: loopback (127.0.0.1) took lock ", StringComparison.Ordinal)
            && line.Contains($"{key} from billing-3, which held it with fencing token {held.FencingToken}. Reason: the import hangs",
                StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task AForcedRelease_OfALockThatNoOneHolds_IsNotFound()
    {
        var key = AdminFixture.NewKey();

        var answer = await fixture.Client.PostAsync(ForceRelease, new { key, reason = "just to try" });

        answer.IsProblem(HttpStatusCode.NotFound, "not-held");
        Assert.Contains(key, answer.Detail, StringComparison.Ordinal);
        Assert.Single(fixture.Server.Log, line => line.Contains(
            $"loopback (127.0.0.1) was refused POST {ForceRelease} for lock {key}: not-held. Reason given: just to try", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task AForcedRelease_OfAGrantThatIsOver_HitsNoLaterHolder()
    {
        var key = AdminFixture.NewKey();
        await (await fixture.HoldAsync(key)).DisposeAsync();
        var first = (await fixture.Locks.DescribeAsync(key, Cancel)).LastFencingToken;
        await using var later = await fixture.HoldAsync(key);

        var answer = await fixture.Client.PostAsync(ForceRelease, new { key, reason = "the first one hangs", fencingToken = first });

        answer.IsProblem(HttpStatusCode.Conflict, "changed");
        Assert.Contains($"fencing token {first} is over", answer.Detail, StringComparison.Ordinal);
        Assert.Equal(later.FencingToken, (await fixture.Locks.DescribeAsync(key, Cancel)).Holder!.FencingToken);
        var meant = await fixture.Client.PostAsync(ForceRelease, new { key, reason = "this one hangs", fencingToken = later.FencingToken });
        Assert.Equal(HttpStatusCode.OK, meant.Status);
    }

    [Fact(Timeout = 60_000)]
    public async Task ACancelledWaiter_IsToldByWhomAndWhy_AndTheLogIs()
    {
        var key = AdminFixture.NewKey();
        await using var held = await fixture.HoldAsync(key);
        var (caller, attemptId) = await fixture.WaitAsync(key);

        var answer = await fixture.Client.PostAsync(CancelWaiter, new { key, attemptId, reason = "it blocks the others" });

        Assert.Equal((HttpStatusCode.OK, key, attemptId.ToString()), (answer.Status, Text(answer, "key"), Text(answer, "attemptId")));
        var refusal = await Assert.ThrowsAsync<LockRefusedException>(() => caller);
        Assert.Equal(DenyReasons.Cancelled, refusal.Reason);
        Assert.Contains("by 'loopback': it blocks the others", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(held.FencingToken, (await fixture.Locks.DescribeAsync(key, Cancel)).Holder!.FencingToken);
        Assert.Single(fixture.Server.Log, line => line.Contains(
            $"loopback (127.0.0.1) took the waiter {attemptId} out of the queue of lock {key}. Reason: it blocks the others",
            StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task AWaiterThatThereIsNot_IsNotFound_AndOneThatHasMovedOn_IsAConflict()
    {
        var key = AdminFixture.NewKey();
        await using var held = await fixture.HoldAsync(key);
        var (caller, attemptId) = await fixture.WaitAsync(key);
        var holder = (await fixture.Locks.DescribeAsync(key, Cancel)).Holder!.AttemptId;

        (await CancelAsync(Guid.CreateVersion7())).IsProblem(HttpStatusCode.NotFound, "not-waiting");
        var granted = (await CancelAsync(holder)).IsProblem(HttpStatusCode.Conflict, "changed");
        Assert.Contains("it has been granted the lock", granted.Detail, StringComparison.Ordinal);
        await held.DisposeAsync();
        await (await caller).DisposeAsync();
        var ended = (await CancelAsync(attemptId)).IsProblem(HttpStatusCode.Conflict, "changed");
        Assert.Contains("it has ended (Released)", ended.Detail, StringComparison.Ordinal);

        Task<AdminAnswer> CancelAsync(Guid id) => fixture.Client.PostAsync(CancelWaiter, new { key, attemptId = id, reason = "it blocks" });
    }

    [Theory(Timeout = 60_000)]
    [InlineData(ForceRelease, """{"key":"a"}""", "reason", "it must have 1 to 512 UTF-8 bytes")]
    [InlineData(ForceRelease, """{"key":"a","reason":" "}""", "reason", "it must have 1 to 512 UTF-8 bytes")]
    [InlineData(ForceRelease, """{"reason":"b"}""", "key", "it must have 1 to 512 UTF-8 bytes")]
    [InlineData(ForceRelease, """{"key":"a","reason":"b","fence":1}""", "fence", "is not known")]
    [InlineData(ForceRelease, """{"key":"a","reason":"b","fencingToken":"x"}""", "fencingToken", "not of the kind")]
    [InlineData(ForceRelease, """{"key":"a","key":"b","reason":"b"}""", "key", "is not known, or")]
    [InlineData(ForceRelease, "null", "body", "is missing")]
    [InlineData(ForceRelease, "", "body", "is not one JSON object")]
    [InlineData(ForceRelease, "[]", "body", "is not one JSON object")]
    [InlineData(CancelWaiter, """{"key":"a","reason":"b"}""", "attemptId", "it must be that of a waiter")]
    [InlineData(CancelWaiter, """{"key":"a","reason":"b","attemptId":"7"}""", "attemptId", "not of the kind")]
    public async Task ABodyThatBreaksALimit_IsRefused_WithTheFieldAndTheLimit(string path, string body, string field, string limit)
    {
        var answer = await fixture.Client.PostAsync(path, body, "application/json", ("X-Locks-Admin", "1"));

        answer.IsProblem(HttpStatusCode.BadRequest, "bad-request");
        Assert.Contains(limit, answer.Json.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task ALongReason_IsRefused_WithItsLength_AndTheLogHasItsBeginning()
    {
        var answer = await fixture.Client.PostAsync(ForceRelease, new { key = "long", reason = new string('r', 513) });

        answer.IsProblem(HttpStatusCode.BadRequest, "bad-request");
        Assert.Equal("Reason has 513 UTF-8 bytes; the limit is 512.", answer.Detail);
        Assert.Single(fixture.Server.Log, line => line.Contains($"for lock long: bad-request. Reason given: {new string('r', 64)}…",
            StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task ABodyBeyondTheLimit_IsRefused()
    {
        var answer = await fixture.Client.PostAsync(ForceRelease, new { key = "a", reason = new string('r', 16 * 1024) });

        answer.IsProblem(HttpStatusCode.RequestEntityTooLarge, "too-large");
        Assert.Contains("16384 bytes", answer.Detail, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task AWriteOfAnotherSite_IsRefused_AndTold()
    {
        var key = AdminFixture.NewKey();
        await using var held = await fixture.HoldAsync(key);
        var body = $$"""{"key":"{{key}}","reason":"from elsewhere"}""";
        var own = new Uri(fixture.Server.Address).GetLeftPart(UriPartial.Authority);

        Refused(await SendAsync(), "X-Locks-Admin: 1");
        Refused(await SendAsync(("X-Locks-Admin", "yes")), "X-Locks-Admin: 1");
        Refused(await SendAsync(("X-Locks-Admin", "1"), ("Sec-Fetch-Site", "cross-site")), "'cross-site'");
        Refused(await SendAsync(("X-Locks-Admin", "1"), ("Sec-Fetch-Site", "same-site")), "'same-site'");
        Refused(await SendAsync(("X-Locks-Admin", "1"), ("Origin", "https://evil.example")), "https://evil.example");
        Refused(await SendAsync(("X-Locks-Admin", "1"), ("Origin", "null")), "'null'");
        var form = await fixture.Client.PostAsync(ForceRelease, "key=a&reason=b", "application/x-www-form-urlencoded", ("X-Locks-Admin", "1"));
        form.IsProblem(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");

        Assert.False(held.Lost.IsCancellationRequested);
        Assert.Equal(held.FencingToken, (await fixture.Locks.DescribeAsync(key, Cancel)).Holder!.FencingToken);
        Assert.Contains(fixture.Server.Log, line => line.Contains(
            $"loopback (127.0.0.1) was refused POST {ForceRelease}: cross-site.", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(("X-Locks-Admin", "1"), ("Sec-Fetch-Site", "same-origin"), ("Origin", own))).Status);

        Task<AdminAnswer> SendAsync(params (string, string)[] headers) =>
            fixture.Client.PostAsync(ForceRelease, body, "application/json", headers);

        static void Refused(AdminAnswer answer, string why) =>
            Assert.Contains(why, answer.IsProblem(HttpStatusCode.Forbidden, "cross-site").Detail, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task NoOwnerToken_IsInAnyAnswer_OrInTheLog()
    {
        var key = AdminFixture.NewKey();
        var bus = fixture.Server.Services.GetRequiredService<IBus>();
        var acquired = await bus.CreateRequestClient<AcquireLock>(new Uri("exchange:locks")).GetResponse<LockAcquired>(
            new AcquireLock(key, Guid.CreateVersion7(), "a service", TimeSpan.FromMinutes(1)), Cancel);
        var token = acquired.Message.OwnerToken;

        var answers = new List<AdminAnswer>();
        foreach (var path in (string[])[$"lock?key={Uri.EscapeDataString(key)}", "locks", "statistics", "leases", "coordinators"])
            answers.Add(await fixture.Client.GetAsync("/api/v1/" + path));
        answers.Add(await fixture.Client.PostAsync(ForceRelease, new { key, reason = "done" }));

        Assert.NotEmpty(token);
        Assert.All(answers, answer => Assert.DoesNotContain(token, answer.Body, StringComparison.Ordinal));
        Assert.All(answers, answer => Assert.DoesNotContain("ownerToken", answer.Body, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(fixture.Server.Log, line => line.Contains(token, StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task NoIdThatTheApiShows_GetsASnooperAnOwnerToken()
    {
        var key = AdminFixture.NewKey();
        var acquireId = Guid.CreateVersion7();
        var requests = fixture.Server.Services.GetRequiredService<IBus>().CreateRequestClient<AcquireLock>(new Uri("exchange:locks"));
        await requests.GetResponse<LockAcquired>(new AcquireLock(key, acquireId, "a service", TimeSpan.FromMinutes(1)), Cancel);
        var (caller, attemptId) = await fixture.WaitAsync(key);

        var bodies = new List<string>();
        foreach (var path in (string[])[$"lock?key={Uri.EscapeDataString(key)}", "locks", "statistics", "leases", "coordinators", "wait-for-graph"])
            bodies.Add((await fixture.Client.GetAsync("/api/v1/" + path)).Body);
        using (var events = new StreamReader(await fixture.Client.OpenEventsAsync()))
        {
            while (bodies[^1].Length == 0 || !bodies[^1].Contains(key, StringComparison.Ordinal))
                bodies.Add((await events.ReadLineAsync(Cancel))!);
        }

        var cancelled = await fixture.Client.PostAsync(CancelWaiter, new { key, attemptId, reason = "it blocks the others" });
        bodies.Add(cancelled.Body);
        await Assert.ThrowsAsync<LockRefusedException>(() => caller);
        var shown = bodies.SelectMany(body => AnyId().Matches(body)).Select(found => Guid.Parse(found.Value)).ToHashSet();

        Assert.Superset(new HashSet<Guid> { attemptId, AttemptId.Of(acquireId) }, shown);
        Assert.DoesNotContain(acquireId, shown);
        Assert.DoesNotContain(fixture.Server.Log, line => line.Contains(acquireId.ToString(), StringComparison.OrdinalIgnoreCase));
        foreach (var id in shown)
        {
            var answer = await requests.GetResponse<LockAcquired, LockDenied>(
                new AcquireLock(key, id, "the snooper", TimeSpan.FromMinutes(1)), Cancel);
            Assert.Equal(DenyReasons.Busy, Assert.IsType<LockDenied>(answer.Message).Reason);
        }
    }

    private static string? Text(AdminAnswer answer, string field) => answer.Json.GetProperty(field).GetString();

    [GeneratedRegex("[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")]
    private static partial Regex AnyId();
}
