using System.CommandLine;
using Locks.Cli.CommandLine;
using Locks.Cli.Connection;
using Locks.Cli.Output;
using Locks.Client;

namespace Locks.Cli.Inspect;

/// <summary><c>locks show</c>: one lock, with its queue and its history.</summary>
internal sealed class ShowCommand : ClientCommand
{
    private readonly KeyArgument _key = new();
    private readonly JsonOption _json = new();

    public ShowCommand(ToolEnvironment environment, ConnectionOptions connection)
        : base(
            "show", "Shows a lock, who holds it, who waits for it, and how its last attempts ended", environment, connection,
            new Example("locks show folder:/a/b", "for people"),
            new Example("locks show folder:/a/b --json | jq .holder.owner", "for scripts"))
    {
        Arguments.Add(_key);
        Options.Add(_json);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, ILockClient client, CancellationToken cancellationToken)
    {
        var found = await client.DescribeAsync(parsed.GetRequiredValue(_key), cancellationToken).ConfigureAwait(false);
        if (parsed.GetValue(_json))
            Environment.Output.WriteLine(ToolJson.Write(found));
        else
            DescriptionText.Write(ToolConsole.Create(Environment), found);
        return ExitCodes.Done;
    }
}
