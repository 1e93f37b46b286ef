namespace Locks.Cli;

/// <summary>
/// What the tool ends with, beside the exit code of a command that it ran. The numbers are those of <c>sysexits.h</c> where it has one that
/// fits, which commands seldom use for themselves.
/// </summary>
internal static class ExitCodes
{
    public const int Done = 0;

    public const int Negative = 1;

    public const int Usage = 64;

    public const int Unavailable = 69;

    public const int Defect = 70;

    public const int Busy = 75;

    public const int Lost = 79;

    public const int NotExecutable = 126;

    public const int NotFound = 127;

    /// <summary>Added to the number of the signal that ended the command, or the tool before the command began.</summary>
    public const int Signal = 128;

    /// <summary>Every code with its meaning, for help and docs.</summary>
    public static IReadOnlyList<(string Code, string Meaning)> All { get; } =
    [
        ($"{Done}", "done; of run, the command ended with 0"),
        ($"{Negative}", "there was nothing to do, doctor found a failure, or there is a deadlock"),
        ($"{Usage}", "the command line or a setting is wrong"),
        ($"{Unavailable}", "the broker or the coordinators do not answer"),
        ($"{Defect}", "a defect of the tool"),
        ($"{Busy}", "the lock was not granted, because it is busy, its queue is full, or an operator cancelled the wait"),
        ($"{Lost}", "the lock was lost; of run, while the command ran, which was ended"),
        ($"{NotExecutable}", "the command can't be executed"),
        ($"{NotFound}", "the command is not found"),
        ($"{Signal}+n", "the signal n ended the command, or the tool while it waited for the lock"),
        ("others", "of run, the exit code of the command"),
    ];
}
