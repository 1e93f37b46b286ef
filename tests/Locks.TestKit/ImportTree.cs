namespace Locks.TestKit;

/// <summary>A directory tree of many folders with many files each, for samples/FolderImport to import.</summary>
public sealed class ImportTree : IDisposable
{
    private const int Folders = 1 + 4 + (4 * 10);
    private const int Files = 4 * 10 * 8;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("locks-import-");

    public ImportTree()
    {
        for (var outer = 0; outer < 4; outer++)
        {
            for (var inner = 0; inner < 10; inner++)
            {
                var folder = _root.CreateSubdirectory($"folder{outer}/folder{inner}");
                for (var file = 0; file < 8; file++)
                    File.WriteAllText(System.IO.Path.Combine(folder.FullName, $"file{file}.txt"), "");
            }
        }
    }

    /// <summary>What the sample's last line says when every folder has one record.</summary>
    public static string RightSummary => $"files={Files} folders={Folders} records={Folders} duplicates=0";

    /// <summary>Where it is.</summary>
    public string Path => _root.FullName;

    public void Dispose() => _root.Delete(recursive: true);
}
