using Locks.Contracts;
using Microsoft.Extensions.DependencyInjection;
using RequestClient.Locking;

namespace RequestClient.Story;

/// <summary>Three services that want the same lock, told step by step.</summary>
internal sealed class Callers(LockRequests requests, string key)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    private readonly Report _report = new();
    private int _grants;
    private int _repeats;
    private int _denied;
    private int _refused;

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IServiceProvider services, string key, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        return await new Callers(scope.ServiceProvider.GetRequiredService<LockRequests>(), key).RunAsync(cancellationToken);
    }

    private async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var acquire = new AcquireLock(key, Guid.CreateVersion7(), Owner: "A", Lease);
        var a = await GrantedAsync("A", "acquires the lock", acquire, cancellationToken);
        await RepeatAsync(acquire, a, cancellationToken);
        await BeDeniedAsync("C", cancellationToken);

        var waiting = GrantedAsync("B", "waits for the lock", Request("B", LongestWait), cancellationToken);
        a = await requests.RenewAsync(a, cancellationToken) ?? throw new SampleException("A has lost the lock, which it was to renew.");
        Console.WriteLine($"A renews, and holds the lock for {requests.LeftOf(a).TotalSeconds:0.0} s more");
        Write("A", a);
        Console.WriteLine(await requests.ReleaseAsync(a, cancellationToken) ? "A releases the lock" : "A held the lock no longer");

        var b = await waiting;
        Write("B", b);
        Write("A, late,", a);
        Console.WriteLine(await requests.ReleaseAsync(b, cancellationToken) ? "B releases the lock" : "B held the lock no longer");

        Console.WriteLine();
        Console.WriteLine($"grants={_grants} repeats={_repeats} denied={_denied} refused={_refused}");
        return (_grants, _repeats, _denied, _refused) == (2, 1, 1, 1) ? ExitCode.Right : ExitCode.Wrong;
    }

    private AcquireLock Request(string owner, TimeSpan? wait = null) => new(key, Guid.CreateVersion7(), owner, Lease, wait);

    private async Task<HeldLock> GrantedAsync(string who, string how, AcquireLock request, CancellationToken cancellationToken)
    {
        Console.WriteLine($"{who} {how}");
        var (held, denied) = await requests.AcquireAsync(request, cancellationToken);
        if (held is null)
            throw new SampleException($"{who} did not get the lock: {denied?.Reason ?? "the grant was over before it was confirmed"}.");

        _grants++;
        var confirmed = request.Wait is null ? "" : ", which it has confirmed by renewing";
        var left = requests.LeftOf(held).TotalSeconds;
        Console.WriteLine($"  {who} is granted the lock with fencing token {held.FencingToken}{confirmed}, for {left:0.0} s");
        return held;
    }

    /// <summary>What comes back is the grant of before. Its lease still counts from before the first request.</summary>
    private async Task RepeatAsync(AcquireLock request, HeldLock first, CancellationToken cancellationToken)
    {
        Console.WriteLine("A sends the same request once more, as after a lost answer");
        var (held, _) = await requests.AcquireAsync(request, cancellationToken);
        if (held?.OwnerToken != first.OwnerToken || held.FencingToken != first.FencingToken)
            throw new SampleException("The repeated request got another answer.");

        _repeats++;
        Console.WriteLine("  A is told the same: the lock is its own, with the same fencing token");
    }

    private async Task BeDeniedAsync(string who, CancellationToken cancellationToken)
    {
        Console.WriteLine($"{who} acquires the lock, without waiting");
        var (_, denied) = await requests.AcquireAsync(Request(who), cancellationToken);
        if (denied is null)
            throw new SampleException($"{who} got the lock that A holds.");

        _denied++;
        Console.WriteLine($"  {who} is denied: {denied.Reason}, {denied.HolderOwner} has held it for {denied.HeldFor?.TotalSeconds:0.0} s");
    }

    private void Write(string who, HeldLock held)
    {
        if (_report.TryWrite(held.FencingToken))
        {
            Console.WriteLine($"{who} writes with its fencing token");
            return;
        }

        _refused++;
        Console.WriteLine($"{who} writes with its fencing token, and is refused: the report has seen a higher one");
    }
}
