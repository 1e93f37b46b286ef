using System.CommandLine;
using System.Runtime.InteropServices;
using Locks.Cli.Connection;
using Locks.Client;

namespace Locks.Cli.CommandLine;

/// <summary>A command that uses the lock client, until it is done or a signal ends it.</summary>
internal abstract class ClientCommand : ToolCommand
{
    private static readonly PosixSignal[] Ending = [PosixSignal.SIGHUP, PosixSignal.SIGINT, PosixSignal.SIGTERM];

    protected ClientCommand(
        string name, string description, ToolEnvironment environment, ConnectionOptions connection, params IReadOnlyList<Example> examples)
        : base(name, description, examples)
    {
        Environment = environment;
        SetAction((parsed, _) => ConnectAndRunAsync(parsed, connection));
    }

    protected ToolEnvironment Environment { get; }

    /// <summary>Does what the command is for.</summary>
    /// <returns>The exit code.</returns>
    protected abstract Task<int> RunAsync(ParseResult parsed, ILockClient client, CancellationToken cancellationToken);

    private async Task<int> ConnectAndRunAsync(ParseResult parsed, ConnectionOptions options)
    {
        var settings = options.Read(parsed);
        using var stop = new CancellationTokenSource();
        PosixSignal? received = null;
        var registrations = Ending.Select(signal => PosixSignalRegistration.Create(signal, OnSignal)).ToList();
        try
        {
            var connection = Environment.Connect(settings);
            await using var _ = connection.ConfigureAwait(false);
            return await RunAsync(parsed, connection.Client, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (received is not null)
        {
            throw new InterruptedException(received.Value);
        }
        finally
        {
            registrations.ForEach(registration => registration.Dispose());
        }

        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            received ??= context.Signal;
            stop.Cancel();
        }
    }
}
