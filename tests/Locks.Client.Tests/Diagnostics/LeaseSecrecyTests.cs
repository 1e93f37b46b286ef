using System.Diagnostics;
using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Diagnostics;

/// <summary>
/// The id of a shared lease is a secret: a sender that knows it can renew and revoke the lease. No span has it and no log message of any level,
/// MassTransit's included. What names the lease there is its fingerprint. Nor do they have acquire ids and owner tokens.
/// </summary>
public sealed class LeaseSecrecyTests : IDisposable
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Wait = TimeSpan.FromMinutes(10);

    private readonly CapturedSpans _spans = new("MassTransit");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _spans.Dispose();

    [Fact]
    public async Task TheIdOfASharedLease_IsInNoSpan_AndInNoLogMessage()
    {
        await using var fixture = await LockFixture.StartAsync();
        var (leases, locks) = (fixture.Client.Leases, fixture.Client.Locks);
        using var root = _spans.Begin("the work on shared leases");
        var first = await leases.GrantAsync(Ttl, Cancellation);
        var second = await leases.GrantAsync(Ttl, Cancellation);
        await leases.KeepAliveAsync(first.Id, Cancellation);
        Assert.True(await leases.RenewAsync(second.Id, Cancellation));
        Assert.NotNull(await leases.TimeToLiveAsync(second.Id, Cancellation));
        await using var a = await locks.AcquireAsync("a", first.Id, Cancellation);
        await using var b = await locks.AcquireAsync("b", second.Id, Cancellation);
        await using var released = await locks.AcquireAsync("released", first.Id, Cancellation);
        await released.Handle!.RenewAsync(cancellationToken: Cancellation);
        await released.Handle!.ReleaseAsync(Cancellation);

        // Each waits for the other's lock, which the coordinator tells its log.
        var ofB = locks.AcquireAsync("b", first.Id, Wait, Cancellation);
        var ofA = locks.AcquireAsync("a", second.Id, Wait, Cancellation);
        await PassUntilAsync(fixture, () => fixture.Logs.Lines.Any(line => line.Contains("Deadlock: ", StringComparison.Ordinal)));
        Assert.True(await leases.RevokeAsync(first.Id, Cancellation));
        await using var handed = await ofA.Within();
        await Assert.ThrowsAsync<LockRefusedException>(() => ofB.Within());
        await Assert.ThrowsAsync<LeaseNotFoundException>(() => leases.KeepAliveAsync(first.Id, Cancellation));
        await Assert.ThrowsAsync<LockRefusedException>(() => locks.AcquireAsync("a", first.Id, Cancellation));
        var third = await leases.GrantAsync(Ttl, Cancellation);
        await leases.KeepAliveAsync(third.Id, maxHold: Ttl, Cancellation);
        await PassUntilAsync(fixture, () => !second.IsAlive && !third.IsAlive);
        root.Stop();

        await AssertSecretAsync(fixture, ["acquire", "decide", "grant", "release", "renew", "locks process"], first.Id, second.Id, third.Id);
        var name = LeaseFingerprint.Of(third.Id).ToString();
        Assert.Contains(fixture.Logs.Lines, line => IsOf("Locks.", line) && line.Contains(name, StringComparison.Ordinal));
        Assert.Contains(fixture.Logs.Lines, line => IsOf("MassTransit.", line) && line.Contains(name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhatIsNotAnswered_IsTold_WithoutTheLeasesId()
    {
        var coordinator = new FakeCoordinator();
        coordinator.OnAcquire = acquire => coordinator.Grant(acquire);
        await using var fixture = await LockFixture.StartAsync(coordinator);
        using var root = _spans.Begin("the work on shared leases");
        var lease = await fixture.Client.Leases.GrantAsync(Ttl, Cancellation);
        var ended = await fixture.Client.Leases.GrantAsync(Ttl, Cancellation);
        await fixture.Client.Leases.KeepAliveAsync(lease.Id, Cancellation);
        await using var held = await fixture.Client.Locks.AcquireAsync("a", lease.Id, Cancellation);
        coordinator.OnRenewLease = _ => throw new InvalidOperationException("the store is away");
        coordinator.OnRevokeLease = _ => throw new InvalidOperationException("the store is away");
        coordinator.OnAcquire = acquire => new LockDenied(acquire.Key, acquire.AcquireId, DenyReasons.LeaseNotFound);
        await Assert.ThrowsAsync<LockRefusedException>(() => fixture.Client.Locks.AcquireAsync("a", ended.Id, Cancellation));
        await PassUntilAsync(fixture, () => Told(fixture, "The renewal of lease"));
        await Assert.ThrowsAsync<LockUnavailableException>(() => fixture.Client.Leases.RenewAsync(lease.Id, Cancellation));
        await lease.DisposeAsync();
        root.Stop();

        Assert.True(Told(fixture, "The revocation of lease"));
        await AssertSecretAsync(fixture, ["acquire", "locks process"], [lease.Id, ended.Id, .. coordinator.All<AcquireLock>().Select(acquire => acquire.AcquireId)]);
        Assert.DoesNotContain(_spans.Ended.Select(Text), span => span.Contains("token 1", StringComparison.Ordinal));
    }

    // While time passes, in steps that renew no lease too late.
    private static Task PassUntilAsync(LockFixture fixture, Func<bool> isSo) => Eventually.HoldsAsync(() =>
    {
        fixture.Time.Advance(TimeSpan.FromMilliseconds(200));
        return isSo();
    });

    private static bool Told(LockFixture fixture, string words) =>
        fixture.Logs.Lines.Any(line => line.Contains(words, StringComparison.Ordinal));

    private static bool IsOf(string categories, string line) => line.Split(' ', 3)[1].StartsWith(categories, StringComparison.Ordinal);

    private async Task AssertSecretAsync(LockFixture fixture, string[] spans, params Guid[] secrets)
    {
        await Eventually.HoldsAsync(() => spans.All(name => _spans.Ended.Any(span => span.DisplayName == name)));
        foreach (var id in secrets)
        {
            // As people write a UUID, and as 32 digits.
            foreach (var form in new[] { id.ToString(), id.ToString("N") })
            {
                Assert.DoesNotContain(_spans.Ended.Select(Text), span => span.Contains(form, StringComparison.OrdinalIgnoreCase));
                Assert.DoesNotContain(fixture.Logs.Lines, line => line.Contains(form, StringComparison.OrdinalIgnoreCase));
            }
        }
    }

    /// <summary>All that an exporter could tell of a span.</summary>
    private static string Text(Activity span) => string.Join(
        ' ',
        [
            span.OperationName, span.DisplayName, span.StatusDescription, span.TraceStateString,
            .. span.TagObjects.Select(Text), .. span.Baggage.Select(item => $"{item.Key}={item.Value}"),
            .. span.Events.SelectMany(happened => happened.Tags.Select(Text).Prepend(happened.Name)),
            .. span.Links.SelectMany(link => (link.Tags ?? []).Select(Text)),
        ]);

    private static string Text(KeyValuePair<string, object?> tag) => $"{tag.Key}={tag.Value}";
}
