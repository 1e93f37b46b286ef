using Locks.Client;

namespace Locks.Cli.CommandLine;

/// <summary>How a lock was lost, for a message.</summary>
internal static class LossText
{
    public static string Of(LockLoss loss) =>
        loss.Reason + (loss.By is { } by ? $" by {by}" : "") + (loss.Detail is { } detail ? $": {detail}" : "");
}
