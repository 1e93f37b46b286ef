using Locks.Client;
using Locks.Contracts;
using Locks.Simulation.Running;

namespace Locks.Simulation.Processes;

/// <summary>
/// One caller: does one operation after another, as an application does. It has a random sequence of its own, so that what others do does
/// not change what it does.
/// </summary>
internal sealed class Caller(string name, int seed, int operations)
{
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);

    private readonly Random _random = new(seed);
    private ClientProcess _process = null!;
    private int _left = operations;

    /// <summary>Whether it has done all of its operations.</summary>
    public bool IsDone => _left == 0;

    /// <summary>Goes on in a process; the one before has died.</summary>
    public void RunIn(ClientProcess process)
    {
        _process = process;
        _ = RunAsync(process);
    }

    private World World => _process.World;

    private string Who => $"{name} of {_process.Name}";

    private async Task RunAsync(ClientProcess process)
    {
        while (_left > 0)
        {
            await PauseAsync(Milliseconds(0, 400));
            if (process.IsDead)
                return;
            _left--;
            World.Tally.Add("operations");
            try
            {
                await (_random.Next(24) switch
                {
                    0 => _random.Next(2) == 0 ? RevokeAsync() : CancelWaiterAsync(),
                    < 4 => UseSetAsync(),
                    < 6 => UseLeaseAsync(),
                    6 => UseOthersLeaseAsync(),
                    _ => UseLockAsync(),
                });
            }
            catch (LockUnavailableException)
            {
                World.Tally.Add("answer: unavailable");
            }
            catch (OperationCanceledException)
            {
                World.Tally.Add("answer: cancelled");
            }
            catch (Exception exception) when (exception is LockRefusedException or LeaseNotFoundException)
            {
                World.Tally.Add("answer: refused");
            }
#pragma warning disable CA1031 // No caller may get any other.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                World.Checker.Report("G9", $"{Who} got {exception.GetType().Name}: {exception.Message}");
                return;
            }
        }

        World.Tell(process.Name, $"{name} is done");
    }

    private async Task UseLockAsync()
    {
        var key = Key();
        var wait = Wait();
        var options = new LockOptions
        {
            Lease = Milliseconds(2_600, 10_000),
            AutoRenew = _random.Next(3) == 0,
            HoldAtLeast = _random.Next(6) == 0 ? Milliseconds(100, 2_600) : null,
        };
        using var cancellation = CancellationFor(wait);
        World.Tell(_process.Name, $"{name} wants '{key}'{(wait is null ? "" : $" within {wait.Value.TotalSeconds:0.00} s")}");
        var handle = await CallAsync($"the acquire of {Who}", Bound(wait), () => wait is { } length
            ? _process.Client.TryAcquireAsync(key, length, options, cancellation.Token)
            : _process.Client.TryAcquireAsync(key, options, cancellation.Token));
        if (handle is null)
        {
            World.Tally.Add("answer: busy");
            return;
        }

        var hold = World.Checker.Holds.Got(_process, Who, key, handle.FencingToken, () => handle.IsHeld);
        World.Tally.Add("answer: acquired");
        World.Tell(_process.Name, $"{name} got '{key}' with the token {handle.FencingToken}");
        await HoldAsync(hold, handle, options.Lease.Value);
        World.Checker.Holds.Releases(hold);
        await EndAsync($"the release of {Who}", handle.ReleaseAsync);
    }

    private async Task UseSetAsync()
    {
        var keys = Enumerable.Range(0, World.Plan.Keys).Select(KeyOf).Where(_ => _random.Next(2) == 0).DefaultIfEmpty(KeyOf(0)).ToArray();
        var wait = Wait();
        var options = new LockOptions { Lease = Milliseconds(2_600, 10_000), AutoRenew = _random.Next(3) == 0 };
        using var cancellation = CancellationFor(wait);
        World.Tell(_process.Name, $"{name} wants {string.Join(" and ", keys)}");
        var set = await CallAsync($"the acquire of a set by {Who}", Bound(wait) * (keys.Length + 1), () => wait is { } length
            ? _process.Client.TryAcquireAllAsync(keys, length, options, cancellation.Token)
            : _process.Client.TryAcquireAllAsync(keys, options, cancellation.Token));
        if (set is null)
        {
            World.Tally.Add("answer: set is busy");
            return;
        }

        World.Tally.Add("answer: set acquired");
        World.Tell(_process.Name, $"{name} got {string.Join(" and ", keys)}");
        var holds = set.FencingTokens
            .OrderBy(token => token.Key, StringComparer.Ordinal)
            .Select(token => World.Checker.Holds.Got(_process, Who, token.Key, token.Value, () => set.IsHeld))
            .ToArray();
        await PauseAsync(Milliseconds(0, 2_000));
        Array.ForEach(holds, World.Checker.Holds.Writes);
        Array.ForEach(holds, World.Checker.Holds.Releases);
        await EndAsync($"the release of a set by {Who}", set.ReleaseAsync);
    }

    /// <summary>Has one to three locks on a shared lease of its own, and revokes it, or leaves it and them to its end.</summary>
    private async Task UseLeaseAsync()
    {
        World.Tell(_process.Name, $"{name} wants a lease");
        using var keepAlive = new CancellationTokenSource();
        try
        {
            await UseLeaseAsync(keepAlive);
        }
        finally
        {
            // A lease that is dropped is renewed until the garbage collector comes, at no moment that a seed decides.
            await keepAlive.CancelAsync();
        }
    }

    private async Task UseLeaseAsync(CancellationTokenSource keepAlive)
    {
        var leases = _process.Client.Leases;
        var ttl = Milliseconds(2_600, 10_000);
        var lease = await CallAsync(
            $"the grant of a lease to {Who}", Bound(wait: null), () => leases.GrantAsync(ttl));
        World.Checker.Leases.LastGranted = lease.Id;
        World.Tally.Add("answer: lease granted");
        if (_random.Next(2) == 0)
        {
            await CallAsync(
                $"the first renewal of a lease by {Who}", Bound(wait: null),
                () => leases.KeepAliveAsync(lease.Id, keepAlive.Token));
        }

        var holds = new List<Model.HoldModel.Holder>();
        for (var locks = _random.Next(1, 4); locks > 0; locks--)
        {
            if (await UseOnLeaseAsync(lease.Id) is { } hold)
                holds.Add(hold);
        }

        holds.ForEach(World.Checker.Holds.Writes);
        if (_random.Next(3) > 0)
        {
            holds.ForEach(World.Checker.Holds.Releases);
            await CallAsync($"the revocation of a lease by {Who}", Bound(wait: null), () => leases.RevokeAsync(lease.Id));
            return;
        }

        await keepAlive.CancelAsync();
        await PauseAsync(ttl * 1.5);
        holds.ForEach(World.Checker.Holds.Writes);
        holds.ForEach(World.Checker.Holds.Releases);
    }

    /// <summary>Renews or revokes the lease that a caller was granted last, mostly of another process, or has a lock on it.</summary>
    private async Task UseOthersLeaseAsync()
    {
        if (World.Checker.Leases.LastGranted is not { } lease)
            return;

        var leases = _process.Client.Leases;
        switch (_random.Next(4))
        {
            case 0:
                await CallAsync($"the revocation of another's lease by {Who}", Bound(wait: null), () => leases.RevokeAsync(lease));
                break;
            case 1:
                await CallAsync($"the renewal of another's lease by {Who}", Bound(wait: null), () => leases.RenewAsync(lease));
                break;
            default:
                if (await UseOnLeaseAsync(lease) is not { } hold)
                    return;
                await PauseAsync(Milliseconds(0, 4_000));
                World.Checker.Holds.Writes(hold);
                World.Checker.Holds.Releases(hold);
                break;
        }
    }

    /// <summary>Acquires a lock on a shared lease; releases it at once, or leaves it to the end of the lease.</summary>
    private async Task<Model.HoldModel.Holder?> UseOnLeaseAsync(Guid lease)
    {
        var (key, wait) = (Key(), Wait());
        using var cancellation = CancellationFor(wait);
        World.Tell(_process.Name, $"{name} wants '{key}' on the lease {World.Log.NameOf(lease)}");
        var answer = await CallAsync($"the acquire on a lease by {Who}", Bound(wait), async () =>
        {
            try
            {
                return wait is { } length
                    ? await _process.Client.Locks.AcquireAsync(key, lease, length, cancellation.Token)
                    : await _process.Client.Locks.AcquireAsync(key, lease, cancellation.Token);
            }
            catch (LockTimeoutException)
            {
                return null;
            }
        });
        if (answer?.Handle is not { } handle)
        {
            World.Tally.Add("answer: busy");
            return null;
        }

        World.Tally.Add("answer: acquired on a lease");
        World.Tell(_process.Name, $"{name} got '{key}' with the token {handle.FencingToken}");
        var hold = World.Checker.Holds.Got(_process, Who, key, handle.FencingToken, () => handle.IsHeld);
        await PauseAsync(Milliseconds(0, 1_000));
        World.Checker.Holds.Writes(hold);
        if (_random.Next(2) == 0)
            return hold;

        World.Checker.Holds.Releases(hold);
        await EndAsync($"the release on a lease by {Who}", handle.ReleaseAsync);
        return null;
    }

    /// <summary>Takes a lock from the holder that is known last, as an operator does, who may come too late.</summary>
    private async Task RevokeAsync()
    {
        var key = Key();
        if (!World.Checker.Holds.LastGot.TryGetValue(key, out var fence))
            return;

        World.Tell(_process.Name, $"{name} revokes the grant {fence} of '{key}'");
        var isRevoked = await CallAsync($"the revocation by {Who}", Bound(wait: null), () =>
            _process.Client.RevokeAsync(key, "operator", "simulated", fence, CancellationToken.None));
        World.Tally.Add(isRevoked ? "answer: revoked" : "answer: not held by then");
    }

    /// <summary>Takes the attempt out of a queue that is known last to wait there, as an operator does, who may come too late.</summary>
    private async Task CancelWaiterAsync()
    {
        var key = Key();
        if (!World.Checker.Messages.LastQueued.TryGetValue(key, out var acquireId))
            return;

        World.Tell(_process.Name, $"{name} takes {World.Log.NameOf(acquireId)} out of the queue of '{key}'");
        var isCancelled = await CallAsync($"the cancellation of a waiter by {Who}", Bound(wait: null), () =>
            _process.Client.CancelWaiterAsync(key, AttemptId.Of(acquireId), "operator", "simulated"));
        World.Tally.Add(isCancelled ? "answer: waiter cancelled" : "answer: did not wait by then");
        if (isCancelled)
            World.Checker.Commits.CancelDecided(acquireId);
    }

    /// <summary>Works for less than the lease mostly, and sometimes for longer; renews now and then; writes to the resource.</summary>
    private async Task HoldAsync(Model.HoldModel.Holder hold, ILockHandle handle, TimeSpan lease)
    {
        for (var turns = _random.Next(1, 4); turns > 0; turns--)
        {
            await PauseAsync(lease * (_random.NextDouble() * (_random.Next(4) == 0 ? 1 : 0.15)));
            World.Checker.Holds.Writes(hold);
            if (_random.Next(6) > 0)
                continue;
            try
            {
                await EndAsync($"the renewal of {Who}", cancel => handle.RenewAsync(cancellationToken: cancel));
            }
            catch (LockUnavailableException)
            {
                // It goes on: a handle that is dropped renews itself until the garbage collector comes, at no moment that a seed decides.
                World.Tally.Add("answer: unavailable");
            }
        }
    }

    private Task<bool> EndAsync(string what, Func<CancellationToken, Task<bool>> call) => CallAsync(
        what, TimeSpan.FromSeconds(10) + ClientProcess.ClientOptions.RequestTimeout + Slack, () => call(CancellationToken.None));

    /// <summary>Calls the client, and has the checker see that the call ends within its bound.</summary>
    private async Task<T> CallAsync<T>(string what, TimeSpan bound, Func<Task<T>> call)
    {
        var end = World.Checker.Calls.Begin(_process, what, bound);
        try
        {
            return await call();
        }
        finally
        {
            end();
        }
    }

    private TimeSpan? Wait() => _random.Next(3) == 0 ? null : Milliseconds(100, _random.Next(2) == 0 ? 2_000 : 20_000);

    /// <summary>Some callers give up before their wait is over.</summary>
    private CancellationTokenSource CancellationFor(TimeSpan? wait) => _random.Next(5) == 0
        ? new CancellationTokenSource((wait ?? TimeSpan.FromMilliseconds(50)) * _random.NextDouble(), _process.Clock)
        : new CancellationTokenSource();

    /// <summary>The wait, and what the answer may take after it.</summary>
    private static TimeSpan Bound(TimeSpan? wait) => (wait ?? TimeSpan.Zero) + (ClientProcess.ClientOptions.RequestTimeout * 2) + Slack;

    private Task PauseAsync(TimeSpan time) => Task.Delay(time, _process.Clock);

    private TimeSpan Milliseconds(int least, int most) => TimeSpan.FromMilliseconds(_random.Next(least, most));

    private string Key() => KeyOf(_random.Next(World.Plan.Keys));

    private static string KeyOf(int index) => $"key-{index}";
}
