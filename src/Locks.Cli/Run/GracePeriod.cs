using Locks.Cli.CommandLine;
using Locks.Contracts;

namespace Locks.Cli.Run;

/// <summary>
/// How a command's grace fits into its lease. A command that must end because its lock can't be renewed is asked to while there is still
/// time: its grace ends with the lease, and not after it.
/// </summary>
internal static class GracePeriod
{
    // A lease is renewed every third of it. With half of it for the grace, one renewal may still fail before the command has to end.
    private const int LargestPart = 2;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>The grace where none is given: 10 s, or a quarter of the lease if that is less.</summary>
    public static TimeSpan DefaultFor(TimeSpan lease) => lease / 4 < Longest ? lease / 4 : Longest;

    /// <summary>What is wrong with a grace, if anything is.</summary>
    public static ValidationError? Check(TimeSpan grace, TimeSpan lease) => grace > lease / LargestPart
        ? new ValidationError(
            "Grace",
            $"is {Duration.Format(grace)}; it must be between 0 and half of the lease, which is {Duration.Format(lease / LargestPart)}")
        : null;

    /// <summary>
    /// After which share of a lease without a renewal the command has to end, so that the whole grace is left before the lease is over, as
    /// the client counts it. Absent where there is no grace: then the command is killed when the lease is over.
    /// </summary>
    /// <param name="grace">The grace.</param>
    /// <param name="lease">The lease.</param>
    /// <param name="safetyMargin">How much earlier than the coordinator the client ends a lease, which is a fifth of it at most.</param>
    public static double? ShareBefore(TimeSpan grace, TimeSpan lease, TimeSpan safetyMargin)
    {
        var counted = lease - (lease / 5 < safetyMargin ? lease / 5 : safetyMargin);
        return grace > TimeSpan.Zero ? (counted - grace) / counted : null;
    }
}
