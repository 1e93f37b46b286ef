namespace Locks.Server.Configuration;

/// <summary>The file that the store <see cref="StoreKind.Sqlite"/> uses when none is configured.</summary>
internal static class SqliteFile
{
    /// <summary>What a setting that names the file has to look like.</summary>
    public const string Form = "the path of a file, such as /var/lib/locks/locks.db";

    private const string Folder = "Locks", Name = "locks.db";

    /// <summary>
    /// <c>Locks/locks.db</c> in the folder for the user's application data (<c>~/.local/share</c>, <c>%LOCALAPPDATA%</c>), or in the working
    /// directory where a user has no such folder.
    /// </summary>
    public static string Default
    {
        get
        {
            var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
            return Path.GetFullPath(Path.Combine(data, Folder, Name));
        }
    }

    /// <summary>Whether a setting names a file, and not a connection string or a database in memory.</summary>
    public static bool IsPath(string text) =>
        !text.StartsWith(':') && !text.StartsWith("file:", StringComparison.OrdinalIgnoreCase) && !text.Contains('=', StringComparison.Ordinal);
}
