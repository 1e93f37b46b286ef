namespace FolderImport.Records;

/// <summary>Makes sure that folders have their record.</summary>
internal interface IFolderRegistry
{
    Task EnsureAsync(Folder folder, CancellationToken cancellationToken);
}
