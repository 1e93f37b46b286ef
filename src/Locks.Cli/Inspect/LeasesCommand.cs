using System.CommandLine;
using System.Globalization;
using Locks.Cli.CommandLine;
using Locks.Cli.Connection;
using Locks.Cli.Output;
using Locks.Client;
using Locks.Contracts;

namespace Locks.Cli.Inspect;

/// <summary><c>locks leases</c>: the shared leases that live.</summary>
internal sealed class LeasesCommand : ClientCommand
{
    private static readonly string[] Columns = ["LEASE", "OWNER", "TTL", "LEFT", "LOCKS"];

    private readonly JsonOption _json = new();

    public LeasesCommand(ToolEnvironment environment, ConnectionOptions connection)
        : base(
            "leases", "Lists the shared leases that live, with how many locks are held on each", environment, connection,
            new Example("locks leases", "for people"),
            new Example("locks leases --json", "for scripts")) => Options.Add(_json);

    protected override async Task<int> RunAsync(ParseResult parsed, ILockClient client, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_json))
        {
            await foreach (var lease in client.Leases.ListAsync(cancellationToken).ConfigureAwait(false))
                Environment.Output.WriteLine(ToolJson.Write(lease));
            return ExitCodes.Done;
        }

        var console = ToolConsole.Create(Environment);
        LeasePage? page = null;
        do
        {
            var isFirst = page is null;
            page = await client.Inspector.ListLeasesPageAsync(page?.Next, LockLimits.MaxPage, cancellationToken).ConfigureAwait(false);
            if (page.Leases.Count > 0 || isFirst)
                console.Write(PlainTable.Create(Columns, page.Leases.Select(Row)));
        }
        while (page.Next is not null);
        return ExitCodes.Done;
    }

    private static string?[] Row(LeaseDescription lease) =>
    [
        lease.LeaseFingerprint.ToString(), lease.Owner, Duration.Format(lease.Ttl), LockTable.Age(lease.TimeLeft),
        lease.Locks.ToString(CultureInfo.InvariantCulture),
    ];
}
