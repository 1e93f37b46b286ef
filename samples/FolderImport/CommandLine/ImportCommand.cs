using System.CommandLine;
using System.Text.RegularExpressions;
using FolderImport.Walk;

namespace FolderImport.CommandLine;

/// <summary>The command line: its options, what they may be, and which go together.</summary>
internal sealed partial class ImportCommand : RootCommand
{
    private const int MostWorkers = 100;
    private const int MostProcesses = 16;

    private readonly Argument<DirectoryInfo?> _directory = new("directory")
    {
        Description = "What to import; the repository itself when absent",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<int> _workers = new("--workers")
    {
        Description = "How many workers there are in each process",
        HelpName = "count",
        DefaultValueFactory = _ => 8,
        CustomParser = result => SharedOptions.Count(result, 1, MostWorkers),
    };

    private readonly Option<bool> _noLocks = new("--no-locks") { Description = "Show what happens without the lock" };

    private readonly Option<int?> _processes = new("--processes")
    {
        Description = "Start a coordinator and this many worker processes, and import with them",
        HelpName = "count",
        CustomParser = result => SharedOptions.Count(result, 1, MostProcesses),
    };

    private readonly Option<bool> _killOne = new("--kill-one") { Description = "With --processes: kill the first worker process halfway" };

    private readonly Option<string?> _role = new("--role") { Description = "Be one process of an import that several share" };

    private readonly Option<string?> _broker = SharedOptions.Broker();

    private readonly Option<string?> _store = SharedOptions.Store();

    private readonly Option<string> _run = new("--run")
    {
        Description = "With --role: a name that the processes of one import have in common",
        HelpName = "name",
        DefaultValueFactory = _ => "manual",
    };

    private readonly Option<bool> _endsWithInput = SharedOptions.EndsWithInput();

    public ImportCommand(Func<ImportSettings, CancellationToken, Task<int>> action)
        : base("Imports the files of a directory with many workers, and gives each folder exactly one record.")
    {
        _role.AcceptOnlyFromAmong("coordinator", "producer", "worker");
        Arguments.Add(_directory);
        Option[] options = [_workers, _noLocks, _processes, _killOne, _role, _broker, _store, _run, _endsWithInput];
        foreach (var option in options)
            Options.Add(option);

        SharedOptions.Refuse(_run, name => RunName().IsMatch(name) ? null : "--run must be 1 to 50 letters, digits, hyphens and underscores.");
        _directory.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<DirectoryInfo?>() is { Exists: false } missing)
                result.AddError($"There is no directory '{missing}'.");
        });
        SetAction((result, cancellationToken) => action(Read(result), cancellationToken));
    }

    /// <summary>What is wrong with a command line, in plain sentences.</summary>
    public IReadOnlyList<string> Check(ParseResult result) =>
        result.Errors.Count > 0 ? [.. result.Errors.Select(error => error.Message)] : [.. CheckTogether(result)];

    private IEnumerable<string> CheckTogether(ParseResult result)
    {
        var isShared = result.GetValue(_processes) is not null || result.GetValue(_role) is not null;
        if (result.GetValue(_processes) is not null && result.GetValue(_role) is not null)
            yield return "--processes and --role exclude each other.";
        if (result.GetValue(_killOne) && (result.GetValue(_processes) ?? 1) == 1)
            yield return "--kill-one needs --processes 2 or more, so that there are others to go on.";
        if (isShared && (result.GetValue(_broker) is null || result.GetValue(_store) is null))
            yield return "--processes and --role need --broker and --store.";
    }

    private ImportSettings Read(ParseResult result)
    {
        return new ImportSettings(
            result.GetValue(_directory) ?? Repository.Find(),
            result.GetValue(_workers),
            WithLocks: !result.GetValue(_noLocks),
            result.GetValue(_role) is { } role ? Enum.Parse<Role>(role, ignoreCase: true) : null,
            result.GetValue(_processes),
            SharedOptions.ServersOf(result, _broker, _store),
            result.GetValue(_killOne),
            result.GetValue(_run)!,
            result.GetValue(_endsWithInput));
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,50}$")]
    private static partial Regex RunName();
}
