namespace Locks.Cli.Run;

/// <summary>What <c>locks run</c> is asked for.</summary>
/// <param name="Key">The lock.</param>
/// <param name="Owner">Who holds it.</param>
/// <param name="Program">The command.</param>
/// <param name="Arguments">The command's arguments.</param>
internal sealed record RunSettings(string Key, string Owner, string Program, IReadOnlyList<string> Arguments)
{
    public static readonly TimeSpan DefaultLease = TimeSpan.FromMinutes(1);

    /// <summary>How long the lock is held unless it is renewed.</summary>
    public TimeSpan Lease { get; init; } = DefaultLease;

    /// <summary>How long to wait for the lock. Default: as long as it takes.</summary>
    public TimeSpan Wait { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>How long the command has to end when it must.</summary>
    public TimeSpan Grace { get; init; } = GracePeriod.DefaultFor(DefaultLease);

    /// <summary>What to exit with when the lock was not granted.</summary>
    public int BusyExitCode { get; init; } = ExitCodes.Busy;

    /// <summary>Whether to report what is waited for.</summary>
    public bool ReportsWait { get; init; }
}
