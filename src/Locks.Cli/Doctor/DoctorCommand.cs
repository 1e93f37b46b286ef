using System.CommandLine;
using Locks.Cli.CommandLine;
using Locks.Cli.Connection;
using Locks.Cli.Output;

namespace Locks.Cli.Doctor;

/// <summary><c>locks doctor</c>: looks whether locks work from here, and says what to do where they do not.</summary>
internal sealed class DoctorCommand : ToolCommand
{
    private static readonly string[] Columns = ["CHECK", "STATUS", "FOUND", "WHAT TO DO"];

    private readonly JsonOption _json = new();

    public DoctorCommand(ToolEnvironment environment, ConnectionOptions connection)
        : base(
            "doctor", "Checks broker, permissions, coordinators, store and clocks, and says what to do",
            new Example("locks doctor", "exits with 1 when a check fails"),
            new Example("locks doctor --json | jq 'select(.status != \"OK\")'", "for scripts"))
    {
        Options.Add(_json);
        SetAction((parsed, cancellationToken) => RunAsync(parsed, environment, connection.Read(parsed), cancellationToken));
    }

    private async Task<int> RunAsync(
        ParseResult parsed, ToolEnvironment environment, ConnectionSettings settings, CancellationToken cancellationToken)
    {
        var results = new List<CheckResult>(await environment.CheckBroker(settings, cancellationToken).ConfigureAwait(false));
        // Without the broker, or without a coordinator on the queue, the client would wait for its timeout to say the same.
        if (!results.Exists(result => result.Status == CheckStatus.Fail))
        {
            var connection = environment.Connect(settings);
            await using var _ = connection.ConfigureAwait(false);
            var locks = new LocksCheck(connection.Client, settings, environment.Time);
            results.AddRange(await locks.RunAsync(cancellationToken).ConfigureAwait(false));
        }

        results.Add(TelemetryCheck.Run(environment.Variable));
        Write(environment, results, parsed.GetValue(_json));
        return results.Exists(result => result.Status == CheckStatus.Fail) ? ExitCodes.Negative : ExitCodes.Done;
    }

    private static void Write(ToolEnvironment environment, List<CheckResult> results, bool asJson)
    {
        if (asJson)
        {
            foreach (var result in results)
                environment.Output.WriteLine(ToolJson.Write(result));
            return;
        }

        var rows = results.Select(result => (IReadOnlyList<string?>)[result.Check, result.Status, result.Detail, result.Advice]);
        ToolConsole.Create(environment).Write(PlainTable.Create(Columns, rows, wraps: true));
    }
}
