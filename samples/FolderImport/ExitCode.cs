namespace FolderImport;

internal static class ExitCode
{
    /// <summary>Every folder has exactly one record.</summary>
    public const int Right = 0;

    /// <summary>A folder has several records, or none.</summary>
    public const int Wrong = 1;

    /// <summary>The command line, the broker, the database or a process is at fault.</summary>
    public const int Trouble = 2;

    /// <summary>Ctrl-C.</summary>
    public const int Interrupted = 130;
}
