using Locks.Cli.CommandLine;
using Locks.Cli.Connection;
using Locks.Cli.Doctor;

namespace Locks.Cli.Tests;

/// <summary>The tool with streams and an environment of a test's own.</summary>
#pragma warning disable CA1001 // What it keeps in memory needs no disposal.
internal sealed class ToolUnderTest
#pragma warning restore CA1001
{
    private readonly TextStream _output = new();
    private readonly TextStream _errors = new();

    /// <summary>The environment variables.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>What comes from standard input.</summary>
    public string Input { get; init; } = "";

    /// <summary>Whether a person types the input.</summary>
    public bool HasPerson { get; init; }

    /// <summary>The locks; a tool without them can't connect.</summary>
    public LocksFixture? Locks { get; init; }

    /// <summary>What a look at the broker finds.</summary>
    public IReadOnlyList<CheckResult> Broker { get; init; } = [];

    /// <summary>What the tool connected with.</summary>
    public ConnectionSettings? Settings { get; private set; }

    public string Output => _output.ToString();

    public string Errors => _errors.ToString();

    public ToolEnvironment Environment => new(
        new StringReader(Input), _output, _errors, Variables.GetValueOrDefault, Locks?.Locks.Time ?? TimeProvider.System, Connect)
    {
        IsInputTerminal = HasPerson,
        CheckBroker = (_, _) => Task.FromResult(Broker),
    };

    public Task<int> RunAsync(params string[] args) => Tool.RunAsync(args, Environment);

    private ILockConnection Connect(ConnectionSettings settings)
    {
        Settings = settings;
        return Locks?.Connect() ?? throw new InvalidOperationException("This test has no locks.");
    }
}
