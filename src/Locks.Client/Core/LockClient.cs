using Locks.Client.Core.Holding;
using Locks.Client.Core.Leases;
using Locks.Client.Core.Lifetimes;
using Locks.Client.Core.Sets;
using Locks.Client.Requests;
using Locks.Contracts;
using Locks.Transport;
using MassTransit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Locks.Client.Core;

internal sealed class LockClient : ILockClient
{
    private static readonly LockOptions DefaultOptions = new();

    public LockClient(IBus bus, BusLifecycle lifecycle, TimeProvider time, IOptions<LockClientOptions> options, ILogger<LockClient> logger)
    {
        Time = time;
        Options = options.Value;
        Logger = logger;
        ClientId = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        Timing = new LeaseTiming(time, Options.SafetyMargin, Options.AtRiskAfter, logger);
        RequestDispatcher = new RequestDispatcher(bus, lifecycle, time, Options, ClientId, logger);
        Leases = new LeaseClient(this);
        Locks = new LeasedLocks(this);
    }

    public ILeasedLocks Locks { get; }

    ILeases ILockClient.Leases => Leases;

    public TimeProvider Time { get; }

    public LockClientOptions Options { get; }

    public ILogger Logger { get; }

    /// <summary>The id of this client's session, by which the coordinator knows it.</summary>
    public string ClientId { get; }

    /// <summary>How leases are counted.</summary>
    public LeaseTiming Timing { get; }

    public RequestDispatcher RequestDispatcher { get; }

    public LeaseClient Leases { get; }

    public LeaseTiming TimingFor(LockOptions options) => options.AtRiskAfter is { } share ? Timing with { AtRiskAfter = share } : Timing;

    public async Task<ILockHandle?> TryAcquireAsync(
        string key, LockOptions? options = null, CancellationToken cancellationToken = default) =>
        await AcquireCoreAsync(key, wait: null, options, cancellationToken).ConfigureAwait(false);

    public async Task<ILockHandle> AcquireAsync(
        string key, TimeSpan wait, LockOptions? options = null, CancellationToken cancellationToken = default) =>
        await AcquireCoreAsync(key, wait, options, cancellationToken).ConfigureAwait(false) ?? throw new LockTimeoutException(key, wait);

    public async Task<ILockSet?> TryAcquireAllAsync(
        IEnumerable<string> keys, LockOptions? options = null, CancellationToken cancellationToken = default)
    {
        var acquisition = new SetAcquisition(this, keys, wait: null, options ?? new LockOptions());
        return (await acquisition.RunAsync(cancellationToken).ConfigureAwait(false)).Set;
    }

    public async Task<ILockSet> AcquireAllAsync(
        IEnumerable<string> keys, TimeSpan wait, LockOptions? options = null, CancellationToken cancellationToken = default)
    {
        var acquisition = new SetAcquisition(this, keys, wait, options ?? new LockOptions());
        var (set, busyKey) = await acquisition.RunAsync(cancellationToken).ConfigureAwait(false);
        return set ?? throw new LockTimeoutException(busyKey!, wait);
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

    public async Task<bool> RevokeAsync(string key, string by, CancellationToken cancellationToken = default)
    {
        LockLimits.CheckKey(key)?.Throw(nameof(key));
        LockLimits.CheckBy(by)?.Throw(nameof(by));
        cancellationToken.ThrowIfCancellationRequested();

        var command = new RevokeLock(key, Guid.CreateVersion7(Time.GetUtcNow()), by);
        var deadline = Deadline.After(Time, Options.RequestTimeout);
        return await RequestDispatcher.RequestAsync(command, deadline, cancellationToken).ConfigureAwait(false) is LockRevoked;
    }

    /// <summary>Acquires a lock that lives on a shared lease.</summary>
    public Task<LockHandle?> AcquireOnLeaseAsync(
        string key, Guid leaseId, TimeSpan? wait, LockOptions options, Action<LockLoss>? onLost, CancellationToken cancellationToken)
    {
        var command = CreateCommand(key, options.Owner, Leases.KnownTtl(leaseId), wait) with { LeaseId = leaseId };
        return new Acquisition(this, command, options) { OnLost = onLost }.RunAsync(cancellationToken);
    }

    private Task<LockHandle?> AcquireCoreAsync(string key, TimeSpan? wait, LockOptions? options, CancellationToken cancellationToken)
    {
        options ??= DefaultOptions;
        var command = CreateCommand(key, options.Owner, options.Lease, wait, mayJoinCohort: wait is not null && MayJoinCohort(options));
        return new Acquisition(this, command, options).RunAsync(cancellationToken);
    }

    /// <summary>
    /// Whether an attempt may be granted as a member of a cohort. A cohort has one lease, which each member leaves to the next, so no
    /// member may want the lock held after its own release, nor let its lease end while it still works. And the coordinator, which reports
    /// the rank, knows no ranks within a cohort.
    /// </summary>
    private static bool MayJoinCohort(LockOptions options) => options is
    {
        HoldUntilExpiry: false, HoldAtLeast: null, MaxHold: null, Progress: null,
    };

    private AcquireLock CreateCommand(string key, string? owner, TimeSpan? lease, TimeSpan? wait, bool mayJoinCohort = false) => new(
        key, AcquireId: Guid.Empty, owner ?? Options.Owner, lease ?? Options.DefaultLease, wait, ClientId: ClientId,
        NotifyQueued: wait is not null, MayJoinCohort: mayJoinCohort);
}
