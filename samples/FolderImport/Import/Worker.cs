using FolderImport.Records;

namespace FolderImport.Import;

/// <summary>One of the workers, with its own knowledge of which folders have a record. It does one thing at a time.</summary>
internal sealed class Worker(IFolderRegistry registry, IImportLog log, LockTally tally)
{
    private readonly HashSet<Folder> _known = [];

    public async Task ImportAsync(string run, int item, string path, CancellationToken cancellationToken)
    {
        foreach (var folder in Folder.DownTo(run, path))
        {
            if (_known.Contains(folder))
                continue;

            await registry.EnsureAsync(folder, cancellationToken);
            _known.Add(folder);
        }

        // Here a real import would read the file.
        await log.AddAsync(run, item, tally.Take(), cancellationToken);
    }
}
