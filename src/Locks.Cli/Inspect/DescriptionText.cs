using System.Globalization;
using Locks.Cli.CommandLine;
using Locks.Cli.Output;
using Locks.Contracts;
using Spectre.Console;

namespace Locks.Cli.Inspect;

/// <summary>A lock for people.</summary>
internal static class DescriptionText
{
    private static readonly string[] Waiters = ["RANK", "OWNER", "WAITED", "LEFT", "ATTEMPT"];
    private static readonly string[] History = ["HELD SINCE", "ENDED", "ENDING", "OWNER", "FENCING TOKEN", "ATTEMPT"];

    public static void Write(IAnsiConsole console, LockDescription found)
    {
        console.Write(PlainTable.Create(["KEY", found.Key], Facts(found)));
        if (found.Queue.Count > 0)
        {
            console.WriteLine();
            console.Write(PlainTable.Create(Waiters, found.Queue.Select(Row)));
            if (found.Waiters > found.Queue.Count)
                console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"and {found.Waiters - found.Queue.Count} more"));
        }

        if (found.History.Count > 0)
        {
            console.WriteLine();
            console.Write(PlainTable.Create(History, found.History.Select(Row)));
        }
    }

    private static IEnumerable<IReadOnlyList<string?>> Facts(LockDescription found)
    {
        yield return ["STATE", found.State];
        yield return ["FENCING TOKEN", Text(found.Holder?.FencingToken ?? found.LastFencingToken)];
        yield return ["WAITERS", Text(found.Waiters)];
        if (found.Holder is not { } holder)
            yield break;

        yield return ["OWNER", holder.Owner];
        yield return ["HELD SINCE", $"{Time(holder.GrantedAt)} ({LockTable.Age(holder.HeldFor)})"];
        yield return ["LEASE", $"{Duration.Format(holder.Ttl)}, {LockTable.Age(holder.TimeLeft)} left"];
        if (holder.RenewedAt is { } renewed)
            yield return ["RENEWED", Time(renewed)];
        if (holder.ReleasedAt is { } released)
            yield return ["RELEASED", Time(released)];
        if (holder.LeaseFingerprint is { } lease)
            yield return ["SHARED LEASE", lease.ToString()];
        if (holder.Cohort is { Count: > 0 } cohort)
            yield return ["COHORT", $"{Text(cohort.Count)} more on the same grant"];
        if (holder.ClientId is { } session)
            yield return ["SESSION", session];
        yield return ["ATTEMPT", holder.AttemptId.ToString()];
    }

    private static string?[] Row(WaiterDescription waiter) =>
        [Text(waiter.Rank), waiter.Owner, LockTable.Age(waiter.WaitedFor), LockTable.Age(waiter.TimeLeft), waiter.AttemptId.ToString()];

    private static string?[] Row(EndedAttemptDescription ended) =>
    [
        ended.GrantedAt is { } granted ? Time(granted) : null,
        Time(ended.EndedAt),
        ended.Ending,
        ended.Owner,
        ended.FencingToken is { } token ? Text(token) : null,
        ended.AttemptId.ToString(),
    ];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
