namespace FolderImport.Records;

/// <summary>The negative control: the same, without the lock.</summary>
internal sealed class UnguardedFolderRegistry(NaiveFolderRecords records) : IFolderRegistry
{
    public Task EnsureAsync(Folder folder, CancellationToken cancellationToken) => records.AddIfMissingAsync(folder, cancellationToken);
}
