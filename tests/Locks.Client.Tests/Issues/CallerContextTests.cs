using System.Collections.Concurrent;
using System.Diagnostics;
using Locks.Contracts;
using Locks.TestKit;
using MassTransit;
using Xunit;

namespace Locks.Client.Tests.Issues;

/// <summary>
/// Async locals and the trace of the first caller went along with everything that the client made for it: batches, heartbeats and renewals
/// for others ran in that caller's context, and its objects were never collected.
/// </summary>
public sealed class CallerContextTests
{
    private static readonly AsyncLocal<object?> Ambient = new();
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(60);

    private readonly FakeCoordinator _coordinator = new();
    private readonly ContextRecorder _sent = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhatTheClientSends_RunsInNoCallersContext(bool isTraced)
    {
        using var spans = new CapturedSpans();
        _coordinator.OnAcquire = acquire => acquire.Wait is null
            ? _coordinator.Grant(acquire)
            : new LockQueued(acquire.Key, acquire.AcquireId, 1);
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        using var recording = fixture.Bus.ConnectSendObserver(_sent);
        using var giveUp = new CancellationTokenSource();

        ILockHandle handle;
        ILease lease;
        Task waiting;
        using (isTraced ? spans.Begin("the first caller's") : new Activity("the first caller's").Start())
        {
            Ambient.Value = "the first caller's";
            handle = (await fixture.Client.TryAcquireAsync(
                LockFixture.Key, new LockOptions { Lease = Lease, AutoRenew = true }, Cancellation))!;
            lease = await fixture.Client.Leases.GrantAsync(Lease, Cancellation);
            await fixture.Client.Leases.KeepAliveAsync(lease.Id, giveUp.Token);
            waiting = fixture.Client.AcquireAsync("other", Wait, new LockOptions { Lease = Lease }, giveUp.Token);
            Ambient.Value = null;
        }

        await _coordinator.ReceivedAsync<AcquireLock>(2);
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(LockFixture.Heartbeat));
        fixture.Time.Advance(LockFixture.Heartbeat);
        await Eventually.HoldsAsync(() => _sent.Of<ClientAlive>().Any());
        fixture.Time.Advance(Lease / 3 - LockFixture.Heartbeat);
        await _coordinator.ReceivedAsync<RenewLock>();
        await Eventually.HoldsAsync(() => _sent.Of<RenewLease>().Count() == 2);

        Assert.All(_sent.Of<LockCommands>(), context => Assert.Equal((null, null), context));
        Assert.All(_sent.Of<ClientAlive>(), context => Assert.Equal((null, null), context));
        Assert.All(_sent.Of<RenewLease>(), context => Assert.Equal((null, null), context));

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Within());
        GC.KeepAlive((handle, lease));
    }

    [Fact]
    public async Task TheFirstCallersObjects_AreCollected()
    {
        _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire);
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        var ambient = await AcquireWithAmbientAsync(fixture);

        await Eventually.HoldsAsync(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !ambient.IsAlive;
        });
    }

    private static async Task<WeakReference> AcquireWithAmbientAsync(LockFixture fixture)
    {
        var ambient = new object();
        Ambient.Value = ambient;
        var handle = await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation);
        await handle!.DisposeAsync();
        Ambient.Value = null;
        return new WeakReference(ambient);
    }

    /// <summary>Notes in whose context messages are sent.</summary>
    private sealed class ContextRecorder : ISendObserver
    {
        private readonly ConcurrentQueue<(object Message, object? Ambient, string? Trace)> _sent = [];

        public IEnumerable<(object? Ambient, string? Trace)> Of<T>() =>
            _sent.Where(sent => sent.Message is T).Select(sent => (sent.Ambient, sent.Trace));

        public Task PreSend<T>(SendContext<T> context)
            where T : class
        {
            _sent.Enqueue((context.Message, Ambient.Value, Activity.Current?.RootId is { } root ? RootName(root) : null));
            return Task.CompletedTask;
        }

        public Task PostSend<T>(SendContext<T> context)
            where T : class => Task.CompletedTask;

        public Task SendFault<T>(SendContext<T> context, Exception exception)
            where T : class => Task.CompletedTask;

        private static string RootName(string root)
        {
            for (var activity = Activity.Current; activity is not null; activity = activity.Parent)
                root = activity.OperationName;
            return root;
        }
    }
}
