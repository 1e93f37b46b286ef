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
    private static readonly LockOptions Plain = new();

    public LockClient(IBus bus, BusReadiness start, TimeProvider time, IOptions<LockClientOptions> options, ILogger<LockClient> logger)
    {
        Time = time;
        Options = options.Value;
        Logger = logger;
        ClientId = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        Timing = new LeaseTiming(time, Options.SafetyMargin, Options.AtRiskAfter, logger);
        RequestDispatcher = new RequestDispatcher(bus, start, time, Options, ClientId, logger);
        Leases = new LeaseClient(this);
        Locks = new LeasedLocks(this);
    }

    public ILeasedLocks Locks { get; }

    ILeases ILockClient.Leases => Leases;

    public TimeProvider Time { get; }

    public LockClientOptions Options { get; }

    public ILogger Logger { get; }

    /// <summary>This client's session, for the coordinator.</summary>
    public string ClientId { get; }

    /// <summary>How leases are counted.</summary>
    public LeaseTiming Timing { get; }

    public RequestDispatcher RequestDispatcher { get; }

    public LeaseClient Leases { get; }

    public LeaseTiming TimingFor(LockOptions how) => how.AtRiskAfter is { } share ? Timing with { AtRiskAfter = share } : Timing;

    public async Task<ILockHandle?> TryAcquireAsync(
        string key, LockOptions? options = null, CancellationToken cancellationToken = default) =>
        await AcquireCoreAsync(key, wait: null, options, cancellationToken).ConfigureAwait(false);

    public async Task<ILockHandle> AcquireAsync(
        string key, TimeSpan wait, LockOptions? options = null, CancellationToken cancellationToken = default) =>
        await AcquireCoreAsync(key, wait, options, cancellationToken).ConfigureAwait(false) ?? throw new LockTimeoutException(key, wait);

    public async Task<ILockSet?> TryAcquireAllAsync(
        IEnumerable<string> keys, LockOptions? options = null, CancellationToken cancellationToken = default) =>
        (await new SetAcquisition(this, keys, wait: null, options ?? new LockOptions()).RunAsync(cancellationToken).ConfigureAwait(false)).Set;

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

        var renewed = (options ?? new LockOptions()) with { AutoRenew = true };
        var handle = await TryAcquireAsync(key, renewed, cancellationToken).ConfigureAwait(false);
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
        var patience = Deadline.After(Time, Options.RequestTimeout);
        return await RequestDispatcher.AskAsync(command, patience, cancellationToken).ConfigureAwait(false) is LockRevoked;
    }

    /// <summary>Takes a lock that lives on a shared lease.</summary>
    public Task<LockHandle?> AcquireOnLeaseAsync(
        string key, Guid leaseId, TimeSpan? wait, LockOptions how, Action<LockLoss>? onLost, CancellationToken cancellationToken)
    {
        var command = Command(key, how.Owner, Leases.KnownTtl(leaseId), wait) with { LeaseId = leaseId };
        return new Acquisition(this, command, how) { OnLost = onLost }.RunAsync(cancellationToken);
    }

    private Task<LockHandle?> AcquireCoreAsync(string key, TimeSpan? wait, LockOptions? options, CancellationToken cancellationToken)
    {
        var how = options ?? Plain;
        var command = Command(key, how.Owner, how.Lease, wait, mayJoinCohort: wait is not null && MayJoinACohort(how));
        return new Acquisition(this, command, how).RunAsync(cancellationToken);
    }

    /// <summary>
    /// A run has one lease, which each member leaves to the next: none may want the lock kept after its own release. And the coordinator, of
    /// which the place in line is asked, knows no places within a run.
    /// </summary>
    private static bool MayJoinACohort(LockOptions how) => how is { HoldUntilExpiry: false, HoldAtLeast: null, Progress: null };

    private AcquireLock Command(string key, string? owner, TimeSpan? lease, TimeSpan? wait, bool mayJoinCohort = false) => new(
        key, AcquireId: Guid.Empty, owner ?? Options.Owner, lease ?? Options.DefaultLease, wait, ClientId: ClientId,
        NotifyQueued: wait is not null, MayJoinCohort: mayJoinCohort);
}
