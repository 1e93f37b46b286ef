using Locks.Client;

namespace FolderImport.Records;

/// <summary>Gives a folder its record, and only one, however many workers want it at the same time.</summary>
internal sealed class FolderRegistry(ILockClient locks, NaiveFolderRecords records, LockTally tally) : IFolderRegistry
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    public async Task EnsureAsync(Folder folder, CancellationToken cancellationToken)
    {
        if (await records.ExistsAsync(folder, cancellationToken))
            return;

        await using var held = await LockAsync(folder.LockKey, cancellationToken);
        using var whileHeld = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
        await records.AddIfMissingAsync(folder, whileHeld.Token);
    }

    private async Task<ILockHandle> LockAsync(string key, CancellationToken cancellationToken)
    {
        var held = await locks.TryAcquireAsync(key, Lease, cancellationToken);
        if (held is null)
        {
            // Another worker is making the record now, but it may die before it has: so wait for the turn, and look again.
            tally.FoundTaken++;
            held = await locks.AcquireAsync(key, MaxWait, Lease, cancellationToken);
        }

        tally.Grants++;
        return held;
    }
}
