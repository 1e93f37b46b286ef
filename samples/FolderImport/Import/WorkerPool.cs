using System.Collections.Concurrent;
using FolderImport.Records;
using Locks.Client;

namespace FolderImport.Import;

/// <summary>The workers of this process. There are as many as messages consumed at the same time, so one is always free.</summary>
internal sealed class WorkerPool
{
    private readonly ConcurrentBag<Worker> _free = [];

    /// <param name="count">How many workers.</param>
    /// <param name="records">Where they keep folder records.</param>
    /// <param name="log">Where they record what they did.</param>
    /// <param name="time">The clock.</param>
    /// <param name="locks">What they lock with; <see langword="null"/> to see what happens without.</param>
    public WorkerPool(int count, IFolderRecords records, IImportLog log, TimeProvider time, ILockClient? locks)
    {
        var naive = new NaiveFolderRecords(records, time);
        for (var i = 0; i < count; i++)
        {
            var tally = new LockTally();
            IFolderRegistry registry = locks is null ? new UnguardedFolderRegistry(naive) : new FolderRegistry(locks, naive, tally);
            _free.Add(new Worker(registry, log, tally));
        }
    }

    public Worker Rent() => _free.TryTake(out var worker) ? worker : throw new InvalidOperationException("More messages than workers.");

    public void Return(Worker worker) => _free.Add(worker);
}
