namespace Locks.Cli.Processes;

/// <summary>
/// The terminal that this process was started on, lent to the command: keys then reach the command as if it had been started without this
/// tool, Ctrl-C among them, and it may read from the terminal.
/// </summary>
internal sealed class TerminalLoan : IDisposable
{
    private const int Terminal = 0;

    // SIG_IGN.
    private const nint Ignore = 1;

    private readonly int _borrower;
    private bool _isLent;

    /// <param name="borrower">The command's group.</param>
    public TerminalLoan(int borrower)
    {
        _borrower = borrower;
        Lend();
    }

    /// <summary>
    /// Lends the terminal, if this process has it: not as a job in the background, nor where standard input is no terminal.
    /// </summary>
    public void Lend()
    {
        if (Posix.GetForegroundGroup(Terminal) != Posix.GetGroup())
            return;

        // From now on this process is in the background, where it may not take the terminal back unless it ignores this signal.
        _ = Posix.SetHandler(Posix.SigTtou, Ignore);
        _isLent = Posix.SetForegroundGroup(Terminal, _borrower) == 0;
        // It may have been stopped, because it read from the terminal before it had it.
        _ = Posix.Kill(-_borrower, Posix.SigCont);
    }

    /// <summary>Takes the terminal back.</summary>
    public void Dispose()
    {
        if (_isLent)
            _ = Posix.SetForegroundGroup(Terminal, Posix.GetGroup());
    }
}
