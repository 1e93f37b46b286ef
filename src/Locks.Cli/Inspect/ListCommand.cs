using System.CommandLine;
using Locks.Cli.CommandLine;
using Locks.Cli.Connection;
using Locks.Cli.Output;
using Locks.Client;
using Locks.Contracts;

namespace Locks.Cli.Inspect;

/// <summary><c>locks list</c>: locks by key. Each page is written as it comes.</summary>
internal sealed class ListCommand : ClientCommand
{
    private readonly LockFilter _filter = new();
    private readonly JsonOption _json = new();

    public ListCommand(ToolEnvironment environment, ConnectionOptions connection)
        : base(
            "list", "Lists locks by key, with holder and waiters", environment, connection,
            new Example("locks list", "every lock that is held or waited for"),
            new Example("locks list --prefix folder: --waiting-longer-than 1m", "what callers have waited for longer than a minute"),
            new Example("locks list --json | jq -r 'select(.waiters > 10).key'", "for scripts"))
    {
        _filter.AddTo(this);
        Options.Add(_json);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, ILockClient client, CancellationToken cancellationToken)
    {
        var query = _filter.Read(parsed);
        if (parsed.GetValue(_json))
        {
            await foreach (var found in client.ListAsync(query, cancellationToken).ConfigureAwait(false))
                Environment.Output.WriteLine(ToolJson.Write(found));
            return ExitCodes.Done;
        }

        var console = ToolConsole.Create(Environment);
        LockPage? page = null;
        do
        {
            var isFirst = page is null;
            page = await client.Inspector.ListPageAsync(query, page?.Next, cancellationToken).ConfigureAwait(false);
            // A page may be empty although more follow.
            if (page.Locks.Count > 0 || isFirst)
                console.Write(LockTable.Create(page.Locks));
        }
        while (page.Next is not null);
        return ExitCodes.Done;
    }
}
