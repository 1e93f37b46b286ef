namespace FolderImport.Records;

/// <summary>Where folder records are kept. Nothing in it keeps a folder from having two.</summary>
internal interface IFolderRecords
{
    Task<bool> ExistsAsync(Folder folder, CancellationToken cancellationToken);

    Task InsertAsync(Folder folder, CancellationToken cancellationToken);
}
