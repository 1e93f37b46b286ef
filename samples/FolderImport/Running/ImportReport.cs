using FolderImport.Records;
using FolderImport.Walk;

namespace FolderImport.Running;

/// <summary>What came of a run.</summary>
/// <param name="Files">Files on disk.</param>
/// <param name="Folders">Folders on disk, the directory itself included.</param>
/// <param name="Records">Folder records.</param>
/// <param name="Duplicates">Records beyond the first of their folder.</param>
/// <param name="Missing">Folders without a record.</param>
/// <param name="Worst">The folder with the most records, and how many it has.</param>
/// <param name="Locks">What the workers counted.</param>
/// <param name="Elapsed">From the first message sent to the last one imported.</param>
internal sealed record ImportReport(
    int Files,
    int Folders,
    int Records,
    int Duplicates,
    int Missing,
    (string Path, int Records) Worst,
    LockTally Locks,
    TimeSpan Elapsed)
{
    /// <summary>Every folder on disk has exactly one record, and nothing else has any.</summary>
    public bool IsRight => Duplicates == 0 && Missing == 0 && Records == Folders;

    /// <summary>The last line on standard output, for scripts.</summary>
    public string Summary => $"files={Files} folders={Folders} records={Records} duplicates={Duplicates}";

    public static ImportReport Of(FolderTree tree, IReadOnlyDictionary<string, int> records, LockTally locks, TimeSpan elapsed)
    {
        var worst = records.OrderByDescending(folder => folder.Value).ThenBy(folder => folder.Key, StringComparer.Ordinal).FirstOrDefault();
        return new ImportReport(
            tree.Files.Count,
            tree.Folders.Count,
            records.Values.Sum(),
            records.Values.Sum(count => count - 1),
            tree.Folders.Count(folder => !records.ContainsKey(folder)),
            (worst.Key, worst.Value),
            locks,
            elapsed);
    }
}
