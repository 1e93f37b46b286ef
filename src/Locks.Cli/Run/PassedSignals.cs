using System.Runtime.InteropServices;
using Locks.Cli.CommandLine;
using Locks.Cli.Processes;

namespace Locks.Cli.Run;

/// <summary>
/// The signals that would end this process. While it waits for the lock, they end the wait; while the command runs, they are the command's,
/// and the lock is released after its end.
/// </summary>
internal sealed class PassedSignals : IDisposable
{
    private static readonly PosixSignal[] Passed = [PosixSignal.SIGHUP, PosixSignal.SIGINT, PosixSignal.SIGQUIT, PosixSignal.SIGTERM];

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _interrupted = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private PosixSignal? _first;
    private ICommand? _command;

    /// <summary>Fires at a signal that no command was there for.</summary>
    public CancellationToken Interrupted => _interrupted.Token;

    public static PassedSignals OfThisProcess()
    {
        var signals = new PassedSignals();
        foreach (var signal in Passed)
        {
            signals._registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                signals.OnSignal(signal);
            }));
        }

        // A stopped holder does not renew its lock. The command has its own group, and a terminal of its own to be stopped from.
        if (!OperatingSystem.IsWindows())
            signals._registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTSTP, static context => context.Cancel = true));
        return signals;
    }

    /// <summary>Takes a signal in.</summary>
    public void OnSignal(PosixSignal signal)
    {
        ICommand? command;
        lock (_gate)
        {
            _first ??= signal;
            command = _command;
        }

        if (command is null)
            _interrupted.Cancel();
        else
            command.Pass(signal);
    }

    /// <summary>From now on signals are passed to the command.</summary>
    public void PassTo(ICommand command)
    {
        PosixSignal? missed;
        lock (_gate)
            (_command, missed) = (command, _first);
        if (missed is { } signal)
            command.Pass(signal);
    }

    /// <summary>What to tell the caller when the wait was interrupted.</summary>
    public InterruptedException Explain() => new(_first ?? PosixSignal.SIGINT);

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _interrupted.Dispose();
    }
}
