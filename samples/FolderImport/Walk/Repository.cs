namespace FolderImport.Walk;

/// <summary>What is imported when nothing else is asked for: the repository that this sample is part of.</summary>
internal static class Repository
{
    public static DirectoryInfo Find()
    {
        var here = new DirectoryInfo(Environment.CurrentDirectory);
        return Above(here) ?? Above(new DirectoryInfo(AppContext.BaseDirectory)) ?? here;
    }

    private static DirectoryInfo? Above(DirectoryInfo? directory)
    {
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Locks.slnx")))
            directory = directory.Parent;
        return directory;
    }
}
