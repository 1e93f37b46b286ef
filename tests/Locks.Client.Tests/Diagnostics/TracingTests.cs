using System.Diagnostics;
using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Diagnostics;

/// <summary>A trace goes from the caller through client, coordinator and commit and back, although many share a message.</summary>
public sealed class TracingTests : IDisposable
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(60);

    private readonly CapturedSpans _spans = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _spans.Dispose();

    [Fact]
    public async Task AContendedAcquire_IsOneTrace_LinkedWithTheHolderThatItWaitedFor()
    {
        await using var fixture = await LockFixture.StartAsync();
        var holder = _spans.Begin("the holder's work");
        var held = await fixture.Client.AcquireAsync(LockFixture.Key, Wait, cancellationToken: Cancellation);
        holder.Stop();
        var waiter = _spans.Begin("the waiter's work");
        var waiting = fixture.Client.AcquireAsync(LockFixture.Key, Wait, cancellationToken: Cancellation);
        waiter.Stop();
        await fixture.WaitUntilQueuedAsync();

        await held.DisposeAsync();
        await using var next = await waiting.Within();

        var holderAcquire = await _spans.SpanAsync(holder, "acquire");
        var acquire = await _spans.SpanAsync(waiter, "acquire");
        var decide = await _spans.SpanAsync(waiter, "decide");
        var grant = await _spans.SpanAsync(waiter, "grant");
        Assert.Equal((waiter.SpanId, ActivityKind.Client), (acquire.ParentSpanId, acquire.Kind));
        Assert.Equal((acquire.SpanId, ActivityKind.Server), (decide.ParentSpanId, decide.Kind));
        Assert.Equal(acquire.SpanId, grant.ParentSpanId);
        Assert.Equal(("granted", "queued"), (acquire.GetTagItem("locks.outcome"), decide.GetTagItem("locks.outcome")));
        Assert.Equal(next.FencingToken, grant.GetTagItem("locks.fencing_token"));
        Assert.Equal(["decided", "committed"], decide.Events.Select(happened => happened.Name));
        Assert.Contains(acquire.Events, happened => happened.Name == "queued");
        Assert.All([acquire, decide, grant], span => Assert.Contains(holderAcquire.SpanId, span.Links.Select(link => link.Context.SpanId)));
        Assert.All([acquire, decide, grant], span => Assert.DoesNotContain(span.TagObjects, tag => Equals(tag.Value, LockFixture.Key)));
    }

    [Fact]
    public async Task ManyAcquiresInOneMessage_HaveSpansOfTheirOwn_LinkedWithOneCommit()
    {
        const int count = 20;
        await using var fixture = await LockFixture.StartAsync();
        var caller = _spans.Begin("the caller's work");
        await using var set = await fixture.Client.TryAcquireAllAsync(Enumerable.Range(0, count).Select(i => $"key {i}"), cancellationToken: Cancellation);
        caller.Stop();
        await Eventually.HoldsAsync(() => Spans("decide").Count == count && Spans("acquire").Count == count);

        Assert.Equal(
            Spans("acquire").Select(span => span.SpanId.ToString()).Order(StringComparer.Ordinal),
            Spans("decide").Select(span => span.ParentSpanId.ToString()).Order(StringComparer.Ordinal));
        // Other tests of this process commit, too.
        var commit = await _spans.SpanAsync(
            span => span.OperationName == "commit" && span.Links.Any(link => link.Context.TraceId == caller.TraceId), "commit");
        Assert.Equal(default, commit.ParentSpanId);
        Assert.Equal(
            commit.Links.Select(link => link.Context.SpanId.ToString()).Order(StringComparer.Ordinal),
            Spans("decide").Where(span => span.Links.Any(link => link.Context.SpanId == commit.SpanId))
                .Select(span => span.SpanId.ToString()).Order(StringComparer.Ordinal));
        Assert.NotEmpty(commit.Links);

        List<Activity> Spans(string name) => [.. _spans.Ended.Where(span => span.TraceId == caller.TraceId && span.OperationName == name)];
    }

    [Fact]
    public async Task ARelease_AndARenewalByTheCaller_HaveSpans_LinkedWithTheAcquire()
    {
        await using var fixture = await LockFixture.StartAsync();
        var caller = _spans.Begin("the caller's work");
        var held = (await fixture.Client.TryAcquireAsync(LockFixture.Key, cancellationToken: Cancellation))!;
        await held.RenewAsync(cancellationToken: Cancellation);
        await held.ReleaseAsync(Cancellation);
        await held.DisposeAsync();
        caller.Stop();

        var acquire = await _spans.SpanAsync(caller, "acquire");
        Assert.All(
            [await _spans.SpanAsync(caller, "renew"), await _spans.SpanAsync(caller, "release")],
            span =>
            {
                Assert.Equal((caller.SpanId, "held"), (span.ParentSpanId, span.GetTagItem("locks.outcome")));
                Assert.Equal(acquire.SpanId, Assert.Single(span.Links).Context.SpanId);
            });
        Assert.Single(_spans.Ended, span => span.TraceId == caller.TraceId && span.OperationName == "release");
    }

    [Fact]
    public async Task OnlyASampledAcquire_NamesItsSpan()
    {
        var coordinator = new FakeCoordinator();
        coordinator.OnAcquire = acquire => acquire.Key == "failing" ? throw new InvalidOperationException("a test says so") : coordinator.Grant(acquire);
        await using var fixture = await LockFixture.StartAsync(coordinator);
        await fixture.Client.TryAcquireAsync("unsampled", cancellationToken: Cancellation);
        var caller = _spans.Begin("the caller's work");
        caller.TraceStateString = "vendor=1";
        await fixture.Client.TryAcquireAsync("sampled", cancellationToken: Cancellation);
        await Assert.ThrowsAsync<LockUnavailableException>(() => fixture.Client.TryAcquireAsync("failing", cancellationToken: Cancellation));
        caller.Stop();

        var acquires = coordinator.All<AcquireLock>().ToDictionary(acquire => acquire.Key);
        var span = await _spans.SpanAsync(caller, "acquire");
        Assert.Equal((null, null), (acquires["unsampled"].TraceParent, acquires["unsampled"].TraceState));
        Assert.Equal((span.Id, "vendor=1"), (acquires["sampled"].TraceParent, acquires["sampled"].TraceState));
        var failed = await _spans.SpanAsync(span => span.TraceId == caller.TraceId && span.Status == ActivityStatusCode.Error, "that failed");
        Assert.Equal(("unavailable", typeof(LockUnavailableException).FullName), (failed.GetTagItem("locks.outcome"), failed.GetTagItem("error.type")));
    }
}
