using Locks.Client.Tests.ConsumeFilter;
using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.TestKit;
using MassTransit;
using Xunit;

namespace Locks.Client.Tests.Issues;

/// <summary>A caller that did not get a lock read only that it was not free, even when it waited for itself.</summary>
[Collection(nameof(GuardFixture))]
public sealed class BusyLockSaysWhoHoldsItTests
{
    private const string Key = LockFixture.Key;

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ANestedAcquire_IsToldThatItsOwnFlowHoldsTheLock()
    {
        await using var fixture = await LockFixture.StartAsync(options => options.Owner = "shop");
        await using var held = await fixture.Client.AcquireAsync(Key, Wait, Lease, Cancellation);
        fixture.Time.Advance(TimeSpan.FromSeconds(5));

        var timeout = await TimeOutAsync(fixture, fixture.Client.AcquireAsync(Key, Wait, Lease, Cancellation));

        Assert.Equal((LockHolderPlace.ThisFlow, "shop"), (timeout.Holder!.Place, timeout.Holder.Owner));
        Assert.Contains("This flow of control holds it itself, and locks are not reentrant", timeout.Message, StringComparison.Ordinal);
        Assert.Contains(fixture.Logs.Lines, line =>
            line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("which it holds itself", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ANestedAcquire_IsTold_InWhatTheHolderCallsAndInTheTasksThatItStarts()
    {
        await using var fixture = await LockFixture.StartAsync();
        LockTimeoutException? timeout = null;

        Assert.True(await fixture.Client.RunAsync(
            Key,
            async _ => timeout = await TimeOutAsync(
                fixture, Task.Run(() => fixture.Client.AcquireAsync(Key, Wait, Lease, Cancellation), Cancellation)),
            Lease,
            Cancellation));

        Assert.Equal(LockHolderPlace.ThisFlow, timeout!.Holder!.Place);
    }

    [Fact]
    public async Task AnAcquireOfASibling_IsToldThatThisProcessHoldsTheLock()
    {
        await using var fixture = await LockFixture.StartAsync();
        await using var other = await fixture.Client.AcquireAsync("another key", Wait, Lease, Cancellation);
        await using var held = await Task.Run(() => fixture.Client.AcquireAsync(Key, Wait, Lease, Cancellation), Cancellation);

        var timeout = await TimeOutAsync(
            fixture, Task.Run(() => fixture.Client.AcquireAsync(Key, Wait, Lease, Cancellation), Cancellation));

        Assert.Equal(LockHolderPlace.ThisClient, timeout.Holder!.Place);
        Assert.Contains("This process holds it itself", timeout.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFlowThatHasReleased_IsNotTakenForTheHolder()
    {
        await using var fixture = await LockFixture.StartAsync();
        await using (await fixture.Client.AcquireAsync(Key, Wait, Lease, Cancellation))
        {
        }

        await using var held = await Task.Run(() => fixture.Client.AcquireAsync(Key, Wait, Lease, Cancellation), Cancellation);

        var timeout = await TimeOutAsync(fixture, fixture.Client.AcquireAsync(Key, Wait, Lease, Cancellation));

        Assert.Equal(LockHolderPlace.ThisClient, timeout.Holder!.Place);
    }

    [Fact]
    public async Task AnAcquireInTheGuardOfItsKey_IsToldThatItsOwnFlowHoldsTheLock()
    {
        var told = new TaskCompletionSource<LockTimeoutException>(TaskCreationOptions.RunContinuationsAsynchronously);
        LockFixture? running = null;
        await using var fixture = running = await LockFixture.StartWithAsync(bus =>
            bus.AddHandler<Ordered>(async (ConsumeContext<Ordered> context) =>
                {
                    try
                    {
                        await running!.Client.AcquireAsync(Key, Wait, Lease, context.CancellationToken);
                    }
                    catch (LockTimeoutException timeout)
                    {
                        told.SetResult(timeout);
                    }
                })
                .Endpoint(endpoint => endpoint.AddConfigureEndpointCallback((context, receive) =>
                    receive.UseDistributedLock<Ordered>(context, _ => Key, guard => guard.Lease = Lease))));

        await fixture.Bus.Publish(new Ordered(), Cancellation);
        await fixture.WaitUntilQueuedAsync();
        fixture.Time.Advance(Wait);

        Assert.Equal(LockHolderPlace.ThisFlow, (await told.Task.Within()).Holder!.Place);
    }

    [Fact]
    public async Task ATimeout_NamesTheHolderThatTheLockHasAtItsEnd()
    {
        await using var fixture = await LockFixture.StartAsync();
        var first = await AcquireAsAnotherAsync(fixture, "first");
        var second = AcquireAsAnotherAsync(fixture, "second", Lease);
        await Eventually.HoldsAsync(async () => await fixture.WaitersAsync() == 1);
        var waiting = fixture.Client.AcquireAsync(Key, Wait, Lease, Cancellation);
        await Eventually.HoldsAsync(async () => await fixture.WaitersAsync() == 2 && fixture.Time.Timers.Contains(LockFixture.Heartbeat));
        fixture.Time.Advance(TimeSpan.FromSeconds(5));
        var since = fixture.Time.GetUtcNow();
        var coordinator = await fixture.Bus.GetSendEndpoint(new Uri("queue:locks"));
        await coordinator.Send(new ReleaseLock(Key, first.OwnerToken), Cancellation);
        var grant = await second.Within();
        await coordinator.Send(new ConfirmGrant(Key, grant.AcquireId, grant.FencingToken), Cancellation);
        await Eventually.HoldsAsync(async () => (await fixture.StoredAsync())!.State.Stage == LockStage.Held);

        fixture.Time.Advance(Wait - TimeSpan.FromSeconds(5));
        var timeout = await Assert.ThrowsAsync<LockTimeoutException>(() => waiting.Within());

        Assert.Equal(new LockHolder("second", since, Waiters: 0), timeout.Holder);
        Assert.EndsWith($"It is held by 'second' since {since:yyyy-MM-dd HH:mm:ss}Z; no caller waits for it.", timeout.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATryOfABusyLock_LogsWhoHoldsIt()
    {
        await using var fixture = await LockFixture.StartAsync();
        await AcquireAsAnotherAsync(fixture, "somebody else");

        Assert.Null(await fixture.Client.TryAcquireAsync(Key, Lease, Cancellation));

        Assert.Contains(fixture.Logs.Lines, line =>
            line.StartsWith("Debug", StringComparison.Ordinal) && line.Contains("held by 'somebody else' since", StringComparison.Ordinal));
    }

    private static async Task<LockTimeoutException> TimeOutAsync(LockFixture fixture, Task<ILockHandle> waiting)
    {
        await fixture.WaitUntilQueuedAsync();
        fixture.Time.Advance(Wait);
        return await Assert.ThrowsAsync<LockTimeoutException>(() => waiting.Within());
    }

    private static async Task<LockAcquired> AcquireAsAnotherAsync(LockFixture fixture, string owner, TimeSpan? wait = null)
    {
        var client = fixture.Bus.CreateRequestClient<AcquireLock>(new Uri("queue:locks"), RequestTimeout.None);
        var attempt = new AcquireLock(Key, Guid.CreateVersion7(), owner, Lease, wait);
        return (await client.GetResponse<LockAcquired>(attempt, Cancellation)).Message;
    }

    private sealed record Ordered;
}
