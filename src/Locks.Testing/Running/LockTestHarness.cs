using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Storage;
using Locks.Testing.Faults;
using Locks.Testing.History;

namespace Locks.Testing.Running;

internal sealed class LockTestHarness(
    LockTestHarnessOptions options,
    RegistrationCheck registration,
    FaultPlan faults,
    LockHistory history,
    ILockStore store,
    CoordinatorClock clock,
    HarnessClient client,
    Quiescence quiescence)
    : ILockTestHarness, IDisposable
{
    private static readonly TimeSpan LongestStep = TimeSpan.FromDays(366);

    private readonly SemaphoreSlim _moving = new(1);

    public ManualTimeProvider Time => options.Time;

    public async Task AdvanceAsync(TimeSpan by, CancellationToken cancellationToken = default)
    {
        if (by < TimeSpan.Zero || by > LongestStep)
            throw new ArgumentOutOfRangeException(nameof(by), by, $"Time moves by zero to {LongestStep:c}.");

        registration.Require();
        await _moving.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await quiescence.ComesAsync(cancellationToken).ConfigureAwait(false);
            while (by > TimeSpan.Zero)
            {
                var step = Time.UntilNextTimer is { } next && next < by ? next : by;
                Time.Advance(step);
                by -= step;
                await quiescence.ComesAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _moving.Release();
        }
    }

    public async Task<BusyLock> BusyAsync(
        string key, string owner = "another owner", TimeSpan? lease = null, CancellationToken cancellationToken = default)
    {
        CheckKey(key);
        LockLimits.CheckOwner(owner)?.Throw(nameof(owner));
        LockLimits.CheckLease(lease ?? LockLimits.MaxLease)?.Throw(nameof(lease));

        registration.Require();
        var command = new AcquireLock(key, Guid.CreateVersion7(), owner, lease ?? LockLimits.MaxLease);
        var answer = await client.AcquireAsync(command, cancellationToken).ConfigureAwait(false);
        return answer is LockAcquired grant
            ? new BusyLock(client, owner, grant)
            : throw new LockAssertionException($"'{owner}' could not make the lock busy, because it is.\n{history.Look(key)}");
    }

    public async Task LoseAsync(string key, CancellationToken cancellationToken = default)
    {
        CheckKey(key);

        registration.Require();
        var command = new RevokeLock(key, Guid.CreateVersion7(), By: "the test");
        if (await client.RevokeAsync(command, cancellationToken).ConfigureAwait(false) is not LockRevoked)
            throw NotHeld(key);
    }

    public async Task ExpireAsync(string key, CancellationToken cancellationToken = default)
    {
        CheckKey(key);

        await AdvanceAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        var stored = await store.LoadAsync([LockKey.ToId(key)], cancellationToken).ConfigureAwait(false);
        if (stored is not [{ State.Holder: { } holder }])
            throw NotHeld(key);

        using (faults.NoRenewals(key, holder.Lease?.Id))
        {
            // The coordinator's timers go off at whole milliseconds.
            var left = holder.ExpiresAt - clock.Now;
            await AdvanceAsync(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), cancellationToken).ConfigureAwait(false);
        }

        await ShouldAsync(
            key, view => view.Holder?.FencingToken != holder.FencingToken, "have expired", cancellationToken).ConfigureAwait(false);
    }

    public IDisposable Slow(TimeSpan by, string? key = null)
    {
        if (by <= TimeSpan.Zero || by > LockLimits.MaxLease)
            throw new ArgumentOutOfRangeException(nameof(by), by, $"Messages can be held up by more than zero and at most {LockLimits.MaxLease:c}.");
        if (key is not null)
            CheckKey(key);
        return faults.Slow(by, key);
    }

    public IDisposable Unreachable() => faults.Unreachable();

    public LockView Look(string key)
    {
        CheckKey(key);
        return history.Look(key);
    }

    public async Task<LockView> ShouldAsync(
        string key, Func<LockView, bool> condition, string what, CancellationToken cancellationToken = default)
    {
        CheckKey(key);
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentException.ThrowIfNullOrWhiteSpace(what);

        registration.Require();
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            // Asked for before the look, so that nothing that comes after it is missed.
            var nextChange = history.NextChange;
            var view = history.Look(key);
            if (condition(view))
                return view;

            var left = options.Timeout - TimeProvider.System.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                throw new LockAssertionException(
                    $"The lock '{key}' should {what}, and did not within {options.Timeout:c} of real time. By the test's time it is {Time.GetUtcNow():HH:mm:ss.fff}.\n{view}");
            }

            await nextChange.WaitAsync(left, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public void Dispose() => _moving.Dispose();

    private static void CheckKey(string key) => LockLimits.CheckKey(key)?.Throw(nameof(key));

    private LockAssertionException NotHeld(string key) =>
        new($"The lock can't be taken from its holder, because it is not held.\n{history.Look(key)}");
}
