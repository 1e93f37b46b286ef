namespace Locks.TestKit;

/// <summary>The files that the tests were built from.</summary>
public static class Repository
{
    private static readonly string[] NotOurs = ["bin", "obj", "node_modules", "TestResults"];

    /// <summary>The folder that holds the solution. Found from the test's own place, since a CI build maps source paths away.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every Markdown page that is maintained here, from the root with forward slashes, in ordinal order.</summary>
    public static IReadOnlyList<string> Pages { get; } = [.. FindPages(new DirectoryInfo(Root)).Order(StringComparer.Ordinal)];

    /// <summary>A file or folder, given from the root with forward slashes.</summary>
    public static string PathOf(string relative) => Path.Combine(Root, relative.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>The assembly of a program in a clone that was built in the configuration of this program.</summary>
    /// <param name="clone">The clone's root.</param>
    /// <param name="project">The program's folder from there, with forward slashes. The program is called like it.</param>
    public static string ProgramIn(string clone, string project) => Path.Combine(
        clone,
        project.Replace('/', Path.DirectorySeparatorChar),
        "bin",
        new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name,
        "net10.0",
        $"{Path.GetFileName(project)}.dll");

    private static IEnumerable<string> FindPages(DirectoryInfo folder)
    {
        foreach (var file in folder.EnumerateFiles("*.md"))
            yield return Path.GetRelativePath(Root, file.FullName).Replace('\\', '/');

        foreach (var child in folder.EnumerateDirectories().Where(child => !child.Name.StartsWith('.') && !NotOurs.Contains(child.Name)))
        {
            foreach (var path in FindPages(child))
                yield return path;
        }
    }

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
