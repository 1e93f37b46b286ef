using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using FolderImport.Hosting;
using FolderImport.Walk;
using Npgsql;

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
        CustomParser = result => Count(result, MostWorkers),
    };

    private readonly Option<bool> _noLocks = new("--no-locks") { Description = "Show what happens without the lock" };

    private readonly Option<int?> _processes = new("--processes")
    {
        Description = "Start a coordinator and this many worker processes, and import with them",
        HelpName = "count",
        CustomParser = result => Count(result, MostProcesses),
    };

    private readonly Option<bool> _killOne = new("--kill-one") { Description = "With --processes: kill the first worker process halfway" };

    private readonly Option<string?> _role = new("--role") { Description = "Be one process of an import that several share" };

    private readonly Option<string?> _broker = new("--broker") { Description = "The RabbitMQ that processes share", HelpName = "amqp://…" };

    private readonly Option<string?> _store = new("--store")
    {
        Description = "The PostgreSQL database that processes share",
        HelpName = "Host=…",
    };

    private readonly Option<string> _run = new("--run")
    {
        Description = "With --role: a name that the processes of one import have in common",
        HelpName = "name",
        DefaultValueFactory = _ => "manual",
    };

    private readonly Option<bool> _endsWithInput = new("--ends-with-input") { Hidden = true };

    public ImportCommand(Func<ImportSettings, CancellationToken, Task<int>> action)
        : base("Imports the files of a directory with many workers, and gives each folder exactly one record.")
    {
        _role.AcceptOnlyFromAmong("coordinator", "producer", "worker");
        Arguments.Add(_directory);
        Option[] options = [_workers, _noLocks, _processes, _killOne, _role, _broker, _store, _run, _endsWithInput];
        foreach (var option in options)
            Options.Add(option);

        Refuse(_run, name => RunName().IsMatch(name) ? null : "--run must be 1 to 50 letters, digits, hyphens and underscores.");
        Refuse(_broker, text => IsBroker(text) ? null : $"--broker must be like amqp://user:password@host:5672/, not '{text}'.");
        Refuse(_store, text => IsConnectionString(text) ? null : "--store must be like Host=localhost;Username=…;Password=…;Database=….");
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
        var servers = result.GetValue(_broker) is { } broker && result.GetValue(_store) is { } store
            ? new Servers(new Uri(broker), store)
            : null;
        return new ImportSettings(
            result.GetValue(_directory) ?? Repository.Find(),
            result.GetValue(_workers),
            WithLocks: !result.GetValue(_noLocks),
            result.GetValue(_role) is { } role ? Enum.Parse<Role>(role, ignoreCase: true) : null,
            result.GetValue(_processes),
            servers,
            result.GetValue(_killOne),
            result.GetValue(_run)!,
            result.GetValue(_endsWithInput));
    }

    private static void Refuse<T>(Option<T> option, Func<T, string?> check) =>
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && check(result.GetValueOrDefault<T>()!) is { } problem)
                result.AddError(problem);
        });

    private static int Count(ArgumentResult result, int most)
    {
        if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= 1 && count <= most)
            return count;

        result.AddError($"{((OptionResult)result.Parent!).Option.Name} must be 1 to {most}, not '{result.Tokens[0].Value}'.");
        return 0;
    }

    private static bool IsBroker(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri is { Scheme: "amqp" or "amqps" };

    private static bool IsConnectionString(string? text)
    {
        try
        {
            return !string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(text).Host);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,50}$")]
    private static partial Regex RunName();
}
