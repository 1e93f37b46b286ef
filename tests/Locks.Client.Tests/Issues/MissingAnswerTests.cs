using Locks.Client.Requests;
using Locks.Contracts;
using Locks.Coordinator.Storage;
using Locks.TestKit;
using Locks.Transport;
using Locks.Transport.Isolation;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Client.Tests.Issues;

/// <summary>Whatever the cause, a request that was not answered ended with "Is one running on this broker?".</summary>
public sealed class MissingAnswerTests
{
    private const string StoreIsAway = "One has the request, but its store is not available: the store is away (no route to it).";

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhileTheStoreIsAway_TheCallerIsTold()
    {
        var store = new AwayStore();
        await using var fixture = await LockFixture.StartWithAsync(bus => bus.AddSingleton<ILockStore>(store));

        await IsToldAsync(fixture, fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation), StoreIsAway);
        await IsToldAsync(fixture, fixture.Client.Leases.GrantAsync(Lease, Cancellation), StoreIsAway);
        store.IsBroken = true;
    }

    [Fact]
    public async Task WhenAFilterOfTheCoordinatorFails_TheCallerIsTold()
    {
        // A filter of the application's does not reach these messages.
        await using var fixture = await LockFixture.StartWithAsync(
            bus => bus.AddSingleton<IConfigureIsolatedPipe>(new TenantFilter()));

        const string Told = "it failed before it was served: InvalidOperationException: there is no tenant.";
        await IsToldAsync(fixture, fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation), Told);
        await IsToldAsync(fixture, fixture.Client.Leases.GrantAsync(Lease, Cancellation), Told);
    }

    [Fact]
    public async Task WhatACoordinatorCouldNotRead_IsToldToTheCaller()
    {
        var coordinator = new FakeCoordinator();
        await using var fixture = await LockFixture.StartAsync(coordinator);
        var trying = fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation);
        await coordinator.ReceivedAsync<AcquireLock>();
        await coordinator.SendRepliesAsync(
            fixture, new LockReplies([], Problem: new CoordinatorProblem(ProblemKinds.Unreadable, "no key to decrypt it")));

        await IsToldAsync(fixture, trying, "One received the request and could not read it: no key to decrypt it.");
    }

    [Fact]
    public async Task WithoutAConnection_TheCallerIsToldTheAddress() => await SaysAsync(
        new OtherTransport { Connected = false },
        missing => missing.OnFaulted(new InvalidOperationException("connection refused")),
        "This process has no connection to the broker at loopback://localhost (connection refused).");

    [Fact]
    public async Task WithoutAReaderOfTheQueue_TheCallerIsToldToStartOne() =>
        await SaysAsync(new OtherTransport { Readers = 0 }, missing => missing.Look(), "None reads 'locks' on this broker: start one");

    [Fact]
    public async Task WithReadersThatDoNotAnswer_TheCallerIsToldHowMany() =>
        await SaysAsync(new OtherTransport { Readers = 2 }, missing => missing.Look(), "2 of them read 'locks': look whether they are overloaded");

    [Fact]
    public async Task WithoutAPermission_TheCallerIsToldWhichOne() => await SaysAsync(
        new OtherTransport { Refusal = "The broker refuses it." }, missing => missing.OnFaulted(new InvalidOperationException()), "The broker refuses it.");

    [Fact]
    public async Task WithoutAPermissionToOpenTheEndpointForReplies_ThatIsTold_AndNotThatSendingTookTooLong()
    {
        await using var fixture = await LockFixture.StartAloneAsync();
        var missing = new MissingAnswers(
            fixture.Bus,
            new BusLifecycle(fixture.Sender.Connection, fixture.Time),
            new OtherTransport { Refusal = "The broker refuses it." },
            fixture.Time,
            new LockClientOptions());
        var deadline = Deadline.After(fixture.Time, Lease);
        missing.OnFaulted(new InvalidOperationException());

        var told = missing.Explain(deadline, deadline.Start, isConnected: false, new TimeoutException("The broker could not be reached in time."));

        Assert.EndsWith("The broker refuses it.", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnABusThatWasNotStarted_TheCallerIsToldToStartIt()
    {
        await using var fixture = await LockFixture.StartAloneAsync();
        var lifecycle = new BusLifecycle(fixture.Sender.Connection, fixture.Time);
        lifecycle.PostCreate(fixture.Bus);

        await SaysAsync(fixture, lifecycle, new OtherTransport(), "The bus has not been started: start the host");
    }

    private static async Task SaysAsync(OtherTransport transport, Action<MissingAnswers> arrange, string told)
    {
        await using var fixture = await LockFixture.StartAloneAsync();
        await SaysAsync(fixture, new BusLifecycle(fixture.Sender.Connection, fixture.Time), transport, told, arrange);
    }

    private static async Task SaysAsync(
        LockFixture fixture, BusLifecycle lifecycle, OtherTransport transport, string told, Action<MissingAnswers>? arrange = null)
    {
        var missing = new MissingAnswers(fixture.Bus, lifecycle, transport, fixture.Time, new LockClientOptions());
        arrange?.Invoke(missing);
        var deadline = Deadline.After(fixture.Time, Lease);

        await Eventually.HoldsAsync(
            () => missing.Explain(deadline, deadline.Start, isConnected: true, sendError: null).Message
                .StartsWith($"No lock coordinator answered on 'locks' within 00:00:30. {told}", StringComparison.Ordinal),
            what: told);
    }

    /// <summary>Time passes until the caller is told, and the requests on their way get through meanwhile.</summary>
    private static async Task IsToldAsync(LockFixture fixture, Task request, string told)
    {
        await Eventually.HoldsAsync(() =>
        {
            fixture.Time.Advance(TimeSpan.FromMilliseconds(100));
            return request.IsCompleted;
        });

        var exception = await Assert.ThrowsAsync<LockUnavailableException>(() => request);
        Assert.Contains(told, exception.Message, StringComparison.Ordinal);
    }

    private sealed class OtherTransport() : LockTransport(new Uri("loopback://localhost/bus"))
    {
        public bool Connected { get; init; } = true;

        public int? Readers { get; init; }

        public string? Refusal { get; init; }

        public override bool HasPartitions => false;

        public override bool HasFanOut => false;

        public override bool IsConnected => Connected;

        public override Task<int?> CountReadersAsync(string queue, CancellationToken cancellationToken) => Task.FromResult(Readers);

        public override string? ExplainRefusal(Exception exception, LockRole role, string queueName) =>
            exception is TimeoutException ? null : Refusal;

        public override void ReadAlone(IReceiveEndpointConfigurator endpoint)
        {
        }

        public override void Subscribe(IReceiveEndpointConfigurator endpoint, string topic)
        {
        }
    }

    private sealed class AwayStore : ILockStore, ILeaseStore
    {
        public ILeaseStore Leases => this;

        public ILockReader Reader => throw new NotSupportedException();

        /// <summary>Fails for good, so that nothing is tried again.</summary>
        public bool IsBroken { get; set; }

        private Exception Away => IsBroken
            ? new InvalidOperationException("the test is over")
            : new LockStoreUnavailableException("the store is away", new InvalidOperationException("no route to it"));

        Task<IReadOnlyList<StoredLock>> ILockStore.LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) => throw Away;

        Task<IReadOnlySet<Guid>> ILockStore.CommitAsync(IReadOnlyList<LockWrite> writes, CancellationToken cancellationToken) => throw Away;

        Task<IReadOnlyList<OverdueLock>> ILockStore.FindOverdueAsync(
            DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) => throw Away;

        Task<int> ILockStore.PurgeIdleAsync(DateTimeOffset idleSince, int limit, CancellationToken cancellationToken) => throw Away;

        Task<IReadOnlyList<StoredLease>> ILeaseStore.LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) => throw Away;

        Task<IReadOnlySet<Guid>> ILeaseStore.CommitAsync(IReadOnlyList<LeaseWrite> writes, CancellationToken cancellationToken) => throw Away;

        Task<IReadOnlyList<Guid>> ILeaseStore.FindLocksAsync(Guid leaseId, int limit, CancellationToken cancellationToken) => throw Away;

        Task<IReadOnlyList<Guid>> ILeaseStore.FindWaitedForAsync(Guid leaseId, int limit, CancellationToken cancellationToken) => throw Away;

        Task<int> ILeaseStore.CountLocksAsync(Guid leaseId, CancellationToken cancellationToken) => throw Away;

        Task<IReadOnlyList<OverdueLease>> ILeaseStore.FindOverdueAsync(
            DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) => throw Away;

        Task<int> ILeaseStore.PurgeEndedAsync(DateTimeOffset endedSince, int limit, CancellationToken cancellationToken) => throw Away;
    }

    private sealed class TenantFilter : IConfigureIsolatedPipe
    {
        public void Configure(string queueName, IConsumePipeConfigurator pipe) =>
            pipe.UseExecute(_ => throw new InvalidOperationException("there is no tenant"));
    }
}
