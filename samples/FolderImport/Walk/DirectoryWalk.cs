namespace FolderImport.Walk;

/// <summary>Lists a directory and everything below, links not followed.</summary>
internal sealed class DirectoryWalk
{
    private readonly List<string> _folders = [];
    private readonly List<string> _files = [];
    private readonly List<string> _emptyFolders = [];
    private readonly List<string> _unreadableFolders = [];
    private readonly Stack<(DirectoryInfo Directory, string Path)> _left = [];

    private DirectoryWalk()
    {
    }

    public static FolderTree List(DirectoryInfo root)
    {
        var walk = new DirectoryWalk();
        walk._left.Push((root, "/"));
        while (walk._left.TryPop(out var next))
            walk.Visit(next.Directory, next.Path);

        return new FolderTree(root.FullName, walk._folders, walk._files, walk._emptyFolders, walk._unreadableFolders);
    }

    private void Visit(DirectoryInfo directory, string path)
    {
        _folders.Add(path);
        var isEmpty = true;
        foreach (var entry in Read(directory, path))
        {
            if (entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
                continue;

            isEmpty = false;
            var below = path == "/" ? $"/{entry.Name}" : $"{path}/{entry.Name}";
            if (entry is DirectoryInfo folder)
                _left.Push((folder, below));
            else
                _files.Add(below);
        }

        if (isEmpty)
            _emptyFolders.Add(path);
    }

    private FileSystemInfo[] Read(DirectoryInfo directory, string path)
    {
        try
        {
            return directory.GetFileSystemInfos();
        }
        catch (Exception trouble) when (trouble is UnauthorizedAccessException or IOException)
        {
            _unreadableFolders.Add(path);
            return [];
        }
    }
}
