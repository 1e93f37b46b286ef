using System.Collections.Concurrent;

namespace FolderImport.Records;

/// <summary>The records of a run that happens in one process.</summary>
internal sealed class InMemoryRecords : IFolderRecords, IImportLog
{
    private readonly ConcurrentDictionary<Folder, int> _folders = new();
    private readonly ConcurrentDictionary<(string Run, int Item), bool> _items = new();
    private long _grants;
    private long _foundTaken;

    public Task<bool> ExistsAsync(Folder folder, CancellationToken cancellationToken) => Task.FromResult(_folders.ContainsKey(folder));

    public Task InsertAsync(Folder folder, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _folders.AddOrUpdate(folder, 1, static (_, count) => count + 1);
        return Task.CompletedTask;
    }

    public Task AddAsync(string run, int item, LockTally locks, CancellationToken cancellationToken)
    {
        Interlocked.Add(ref _grants, locks.Grants);
        Interlocked.Add(ref _foundTaken, locks.FoundTaken);
        _items[(run, item)] = true;
        return Task.CompletedTask;
    }

    public Task<int> CountItemsAsync(string run, CancellationToken cancellationToken) => Task.FromResult(_items.Count);

    public Task<LockTally> SumTalliesAsync(string run, CancellationToken cancellationToken) =>
        Task.FromResult(new LockTally { Grants = Interlocked.Read(ref _grants), FoundTaken = Interlocked.Read(ref _foundTaken) });

    public Task<IReadOnlyDictionary<string, int>> CountFolderRecordsAsync(string run, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, int>>(_folders.ToDictionary(folder => folder.Key.Path, folder => folder.Value));
}
