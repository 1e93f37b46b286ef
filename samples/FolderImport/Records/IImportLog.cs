namespace FolderImport.Records;

/// <summary>What was done in a run, as far as it is recorded.</summary>
internal interface IImportLog
{
    /// <summary>Notes that an item was imported. A message that is delivered twice is noted twice, and counts once.</summary>
    Task AddAsync(string run, int item, LockTally locks, CancellationToken cancellationToken);

    Task<int> CountItemsAsync(string run, CancellationToken cancellationToken);

    Task<LockTally> SumTalliesAsync(string run, CancellationToken cancellationToken);

    /// <summary>How many records each folder has.</summary>
    Task<IReadOnlyDictionary<string, int>> CountFolderRecordsAsync(string run, CancellationToken cancellationToken);
}
