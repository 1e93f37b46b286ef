namespace FolderImport.Records;

/// <summary>
/// Look, then insert: correct for one worker, and wrong for two, since both may look before either inserts. The pause makes sure that the
/// mistake shows; in life it is a slow query, a collected heap, or a busy processor.
/// </summary>
internal sealed class NaiveFolderRecords(IFolderRecords records, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    public Task<bool> ExistsAsync(Folder folder, CancellationToken cancellationToken) => records.ExistsAsync(folder, cancellationToken);

    public async Task AddIfMissingAsync(Folder folder, CancellationToken cancellationToken)
    {
        if (await records.ExistsAsync(folder, cancellationToken))
            return;

        await Task.Delay(Pause, time, cancellationToken);
        await records.InsertAsync(folder, cancellationToken);
    }
}
