
namespace FolderImport.CommandLine;

/// <summary>What the command line asks for.</summary>
/// <param name="Directory">What to import.</param>
/// <param name="Workers">Workers in each process.</param>
/// <param name="WithLocks">Whether they lock.</param>
/// <param name="Role">What this process is, if not everything.</param>
/// <param name="Processes">How many worker processes to start.</param>
/// <param name="Servers">The broker and database that processes share.</param>
/// <param name="KillOne">Whether a worker process is killed halfway.</param>
/// <param name="Run">The name in the names of the queues.</param>
/// <param name="EndsWithInput">Whether this process ends when its standard input does.</param>
internal sealed record ImportSettings(
    DirectoryInfo Directory,
    int Workers,
    bool WithLocks,
    Role? Role,
    int? Processes,
    Servers? Servers,
    bool KillOne,
    string Run,
    bool EndsWithInput);
