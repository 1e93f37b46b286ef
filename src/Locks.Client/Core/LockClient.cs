using Locks.Client.Core.Holding;
using Locks.Client.Core.Inspect;
using Locks.Client.Core.Leases;
using Locks.Client.Core.Lifetimes;
using Locks.Client.Core.Sets;
using Locks.Client.Diagnostics;
using Locks.Client.Health;
using Locks.Client.Requests;
using Locks.Contracts;
using Locks.Transport;
using Locks.Transport.Isolation;
using MassTransit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Locks.Client.Core;

internal sealed class LockClient : ILockClient
{
    private static readonly LockOptions DefaultOptions = new();

    public LockClient(
        IBus bus, BusLifecycle lifecycle, IsolatedSender sender, TimeProvider time, IOptions<LockClientOptions> options, ClientMeter meter,
        ILogger<LockClient> logger)
    {
        // Everything that the client times counts suspension: leases, renewals, waits and what is left of a deadline.
        Time = time = time as SuspensionAwareTime ?? new SuspensionAwareTime(time);
        Options = options.Value;
        Logger = new NonThrowingLogger(logger);
        Meter = meter;
        ClientId = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        var timers = new TimerPool(time);
        Timing = new LeaseTiming(timers, Options.SafetyMargin, Options.AtRiskAfter, Logger);
        RequestDispatcher = new RequestDispatcher(bus, lifecycle, sender, timers, Options, ClientId, Logger);
        AnswerProbe = new AnswerProbe(RequestDispatcher, time, Options);
        Leases = new LeaseClient(this);
        Locks = new LeasedLocks(this);
        Inspector = new LockInspector(this);
        ContendedKeys = new ContendedKeys(time);
    }

    public ILeasedLocks Locks { get; }

    ILeases ILockClient.Leases => Leases;

    ILockInspector ILockClient.Inspector => Inspector;

    public TimeProvider Time { get; }

    public LockClientOptions Options { get; }

    public ILogger Logger { get; }

    /// <summary>What is measured of this client.</summary>
    public ClientMeter Meter { get; }

    /// <summary>The id of this client's session, by which the coordinator knows it.</summary>
    public string ClientId { get; }

    /// <summary>How leases are counted.</summary>
    public LeaseTiming Timing { get; }

    public RequestDispatcher RequestDispatcher { get; }

    /// <summary>Whether a coordinator answers, for the health check.</summary>
    public AnswerProbe AnswerProbe { get; }

    public LeaseClient Leases { get; }

    public LockInspector Inspector { get; }

    public ContendedKeys ContendedKeys { get; }

    public HeldLocks HeldLocks { get; } = new();

    /// <summary>The grants that came too late.</summary>
    public LateGrants LateGrants { get; } = new();

    public LeaseTiming TimingFor(LockOptions options) => options.AtRiskAfter is { } share ? Timing with { AtRiskAfter = share } : Timing;

    public Task<ILockHandle?> TryAcquireAsync(
        string key, LockOptions? options = null, CancellationToken cancellationToken = default) =>
        TryCoreAsync(key, wait: null, options, HoldingFlow.Begin(), cancellationToken);

    public Task<ILockHandle> AcquireAsync(
        string key, TimeSpan wait, LockOptions? options = null, CancellationToken cancellationToken = default) =>
        AcquireCoreAsync(key, wait, options, HoldingFlow.Begin(), cancellationToken);

    public Task<ILockHandle?> TryAcquireAsync(
        string key, TimeSpan wait, LockOptions? options, CancellationToken cancellationToken) =>
        TryCoreAsync(key, wait, options, HoldingFlow.Begin(), cancellationToken);

    public async Task<ILockSet?> TryAcquireAllAsync(
        IEnumerable<string> keys, LockOptions? options = null, CancellationToken cancellationToken = default) =>
        (await AcquireAllCoreAsync(keys, wait: null, options, cancellationToken).ConfigureAwait(false)).Set;

    public async Task<ILockSet?> TryAcquireAllAsync(
        IEnumerable<string> keys, TimeSpan wait, LockOptions? options, CancellationToken cancellationToken) =>
        (await AcquireAllCoreAsync(keys, wait, options, cancellationToken).ConfigureAwait(false)).Set;

    public async Task<ILockSet> AcquireAllAsync(
        IEnumerable<string> keys, TimeSpan wait, LockOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (set, busyKey, holder) = await AcquireAllCoreAsync(keys, wait, options, cancellationToken).ConfigureAwait(false);
        return set ?? throw new LockTimeoutException(busyKey!, wait, holder);
    }

    public async Task<bool> RunAsync(
        string key, Func<CancellationToken, Task> action, LockOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);

        var renewing = (options ?? new LockOptions()) with { AutoRenew = true };
        var handle = await TryAcquireAsync(key, renewing, cancellationToken).ConfigureAwait(false);
        if (handle is null)
            return false;

        await using (handle.ConfigureAwait(false))
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, handle.Lost);
            await action(either.Token).ConfigureAwait(false);
        }

        return true;
    }

    public Task<LockDescription> DescribeAsync(string key, CancellationToken cancellationToken = default) =>
        Inspector.DescribeAsync(key, cancellationToken);

    public IAsyncEnumerable<LockSummary> ListAsync(LockQuery? query = null, CancellationToken cancellationToken = default) =>
        Inspector.ListAsync(query, cancellationToken);

    public Task<bool> RevokeAsync(string key, string by, CancellationToken cancellationToken = default) =>
        RevokeAsync(key, by, reason: null, cancellationToken);

    public Task<bool> RevokeAsync(string key, string by, string? reason, CancellationToken cancellationToken = default) =>
        RevokeGrantAsync(key, by, reason, fencingToken: null, cancellationToken);

    public Task<bool> RevokeAsync(
        string key, string by, string? reason, long fencingToken, CancellationToken cancellationToken = default) =>
        RevokeGrantAsync(key, by, reason, fencingToken, cancellationToken);

    private async Task<bool> RevokeGrantAsync(
        string key, string by, string? reason, long? fencingToken, CancellationToken cancellationToken)
    {
        LockLimits.CheckKey(key)?.Throw(nameof(key));
        LockLimits.CheckBy(by)?.Throw(nameof(by));
        LockLimits.CheckReason(reason)?.Throw(nameof(reason));
        cancellationToken.ThrowIfCancellationRequested();

        var command = new RevokeLock(key, Guid.CreateVersion7(Time.GetUtcNow()), by, fencingToken, reason);
        var deadline = Deadline.After(Time, Options.RequestTimeout);
        return await RequestDispatcher.RequestAsync(command, deadline, cancellationToken).ConfigureAwait(false) is LockRevoked;
    }

    public async Task<bool> CancelWaiterAsync(
        string key, Guid attemptId, string by, string? reason = null, CancellationToken cancellationToken = default)
    {
        LockLimits.CheckKey(key)?.Throw(nameof(key));
        LockLimits.CheckAttemptId(attemptId)?.Throw(nameof(attemptId));
        LockLimits.CheckBy(by)?.Throw(nameof(by));
        LockLimits.CheckReason(reason)?.Throw(nameof(reason));
        cancellationToken.ThrowIfCancellationRequested();

        var command = new CancelWaiter(key, attemptId, by, reason);
        var deadline = Deadline.After(Time, Options.RequestTimeout);
        return await RequestDispatcher.RequestAsync(command, deadline, cancellationToken).ConfigureAwait(false) is WaiterCancelled;
    }

    /// <summary>Begins to acquire a lock that lives on a shared lease.</summary>
    public Acquisition BeginOnLease(string key, Guid leaseId, TimeSpan? wait, LockOptions options)
    {
        var command = CreateCommand(key, options.Owner, Leases.KnownTtl(leaseId), wait) with { LeaseId = leaseId };
        return new Acquisition(this, command, options);
    }

    /// <summary>The command that acquires a lock with a lease of its own.</summary>
    /// <param name="key">The lock's key.</param>
    /// <param name="wait">How long to wait in its queue; absent for a try.</param>
    /// <param name="options">How it is held.</param>
    public AcquireLock CreateCommand(string key, TimeSpan? wait, LockOptions options) =>
        CreateCommand(key, options.Owner, options.Lease, wait, MayJoinCohort(options));

    /// <summary>Tries to acquire a lock, or waits for it, and tells who holds it if it is busy.</summary>
    public async Task<(LockHandle? Handle, LockHolder? Holder)> AcquireOrExplainAsync(
        string key, TimeSpan? wait, LockOptions? options, HoldingFlow flow, CancellationToken cancellationToken)
    {
        using var acquisition = NewAcquisition(key, wait, options, flow);
        return (await acquisition.RunAsync(cancellationToken).ConfigureAwait(false), acquisition.Holder);
    }

    private async Task<ILockHandle?> TryCoreAsync(
        string key, TimeSpan? wait, LockOptions? options, HoldingFlow flow, CancellationToken cancellationToken)
    {
        using var acquisition = NewAcquisition(key, wait, options, flow);
        return await acquisition.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<ILockHandle> AcquireCoreAsync(
        string key, TimeSpan wait, LockOptions? options, HoldingFlow flow, CancellationToken cancellationToken)
    {
        using var acquisition = NewAcquisition(key, wait, options, flow);
        return await acquisition.RunAsync(cancellationToken).ConfigureAwait(false)
            ?? throw new LockTimeoutException(key, wait, acquisition.Holder);
    }

    private Acquisition NewAcquisition(string key, TimeSpan? wait, LockOptions? options, HoldingFlow flow)
    {
        try
        {
            var held = WithDefaults(options);
            return new Acquisition(this, CreateCommand(key, wait, held), held) { Flow = flow };
        }
        catch
        {
            flow.End();
            throw;
        }
    }

    private async Task<(LockSet? Set, string? BusyKey, LockHolder? Holder)> AcquireAllCoreAsync(
        IEnumerable<string> keys, TimeSpan? wait, LockOptions? options, CancellationToken cancellationToken)
    {
        var acquisition = new SetAcquisition(this, keys, wait, WithDefaults(options));
        return await acquisition.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private LockOptions WithDefaults(LockOptions? options) => options switch
    {
        null or { AutoRenew: null } when Options.AutoRenew => (options ?? DefaultOptions) with { AutoRenew = true },
        _ => options ?? DefaultOptions,
    };

    /// <summary>
    /// Whether an attempt may be granted as a member of a cohort. A cohort has one lease, which each member leaves to the next, so no
    /// member may want the lock held after its own release, nor let its lease end while it still works. And the coordinator, which reports
    /// the rank, knows no ranks within a cohort.
    /// </summary>
    private static bool MayJoinCohort(LockOptions options) => options is
    {
        HoldUntilExpiry: false, HoldAtLeast: null, MaxHold: null, Progress: null,
    };

    private AcquireLock CreateCommand(string key, string? owner, TimeSpan? lease, TimeSpan? wait, bool mayJoinCohort = false)
    {
        // A wait of zero is a try.
        var inQueue = wait == TimeSpan.Zero ? null : wait;
        return new AcquireLock(
            key, AcquireId: Guid.Empty, owner ?? Options.Owner, lease ?? Options.DefaultLease, inQueue, ClientId: ClientId,
            NotifyQueued: inQueue is not null, MayJoinCohort: inQueue is not null && mayJoinCohort);
    }
}
