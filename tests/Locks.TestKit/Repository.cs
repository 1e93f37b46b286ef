namespace Locks.TestKit;

/// <summary>The files that the tests were built from.</summary>
public static class Repository
{
    /// <summary>The folder that holds the solution. Found from the test's own place, since a CI build maps source paths away.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A file or folder, given from the root with forward slashes.</summary>
    public static string PathOf(string relative) => Path.Combine(Root, relative.Replace('/', Path.DirectorySeparatorChar));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Locks.slnx")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds Locks.slnx.");
    }
}
