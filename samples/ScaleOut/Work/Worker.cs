using Locks.Client;
using ScaleOut.CommandLine;
using ScaleOut.Items;

namespace ScaleOut.Work;

/// <summary>Takes the open items in any order, and does those that no other worker is doing.</summary>
internal sealed class Worker(ScaleOutSettings settings, int number, ILockClient locks, IItems items, TimeProvider time)
{
    /// <summary>How long a killed worker's item stays locked. The work takes much less, so the lock is not renewed.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    /// <summary>How long an item takes. It waits and does not compute, so that the ratios are not those of this machine's processors.</summary>
    private static readonly TimeSpan Effort = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly LockOptions _options = new() { Owner = ScaleOutSettings.NameOf(number), Lease = Lease, AutoRenew = false };

    /// <param name="cancellationToken">Ends it where it is, as if it was killed: it releases nothing.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            if (await items.CurrentAsync(cancellationToken) is not { } phase || number > phase.Workers || !await TryWorkAsync(phase, cancellationToken))
                await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private async Task<bool> TryWorkAsync(Phase phase, CancellationToken cancellationToken)
    {
        try
        {
            return await WorkAsync(phase, cancellationToken);
        }
        catch (LockUnavailableException unavailable)
        {
            // What is locked then is free when its lease is over.
            Notes.Write(unavailable.Message);
            return false;
        }
    }

    /// <returns>Whether an item was done.</returns>
    private async Task<bool> WorkAsync(Phase phase, CancellationToken cancellationToken)
    {
        var open = await items.OpenAsync(phase, cancellationToken);
        if (open.Count == 0)
            return false;

        // Workers that begin at different places seldom meet.
        var start = open.Count * (number - 1) / phase.Workers;
        foreach (var item in open.Skip(start).Concat(open.Take(start)))
        {
            if (await TryDoAsync(phase, item, cancellationToken))
                return true;
        }

        return false;
    }

    private async Task<bool> TryDoAsync(Phase phase, int item, CancellationToken cancellationToken)
    {
        if (!settings.WithLocks)
            return await DoAsync(phase, item, fence: 0, cancellationToken);

        var held = await locks.TryAcquireAsync($"{settings.KeyPrefix}{phase.Number}:{item}", _options, cancellationToken);
        if (held is null)
            return false;

        // Not in a using statement: a worker that is killed releases nothing.
        var done = await DoAsync(phase, item, held.FencingToken, cancellationToken);
        await held.ReleaseAsync(CancellationToken.None);
        return done;
    }

    /// <summary>Looks whether the item is done, and does it if not: right under the lock, and wrong for two at a time.</summary>
    private async Task<bool> DoAsync(Phase phase, int item, long fence, CancellationToken cancellationToken)
    {
        if (await items.IsDoneAsync(phase, item, cancellationToken))
            return false;

        await Task.Delay(Effort, time, cancellationToken);
        return await items.WriteAsync(phase, item, fence, cancellationToken);
    }
}
