using System.Globalization;
using Locks.Cli.CommandLine;
using Locks.Contracts;

namespace Locks.Cli.Doctor;

/// <summary>Judges what the coordinators say of themselves.</summary>
internal static class CoordinatorsCheck
{
    private const string Coordinators = "coordinators";
    private const string Partitions = "partitions";
    private const string Versions = "versions";
    private const string Clocks = "clocks";

    // As the coordinators' own health check has it.
    private static readonly TimeSpan LargestOffset = TimeSpan.FromSeconds(1);

    /// <param name="found">What they say.</param>
    /// <param name="queueName">Their queue.</param>
    /// <param name="ownVersion">The version of the tool.</param>
    public static IEnumerable<CheckResult> Judge(CoordinatorsDescription found, string queueName, string ownVersion) =>
        [JudgeNumber(found), JudgePartitions(found, queueName), JudgeVersions(found, ownVersion), JudgeClocks(found)];

    private static CheckResult JudgeNumber(CoordinatorsDescription found)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{found.Coordinators.Count} on store {found.Store} ({string.Join(", ", found.Coordinators.Select(Name))})");
        return found.Coordinators.Count > 1
            ? CheckResult.Ok(Coordinators, text)
            : CheckResult.Warn(
                Coordinators, text, "run a second one where the store allows it: no lock is granted while the only one is away");
    }

    private static CheckResult JudgePartitions(CoordinatorsDescription found, string queueName)
    {
        var read = found.Coordinators.SelectMany(coordinator => coordinator.Queues).ToHashSet();
        var unread = Enumerable.Range(0, found.Partitions).Select(index => LockPartitions.NameOf(queueName, index))
            .Where(partition => !read.Contains(partition)).ToList();
        return unread.Count == 0
            ? CheckResult.Ok(Partitions, string.Create(CultureInfo.InvariantCulture, $"{found.Partitions}, all of them read"))
            : CheckResult.Warn(
                Partitions, $"not read: {string.Join(", ", unread)}",
                "wait for 10 s and look once more: a coordinator that ended leaves its partitions for so long; then look in the logs");
    }

    private static CheckResult JudgeVersions(CoordinatorsDescription found, string ownVersion)
    {
        var versions = found.Coordinators.Select(coordinator => coordinator.Version ?? "unknown")
            .Distinct().Order(StringComparer.Ordinal).ToList();
        var text = $"coordinators {string.Join(", ", versions)}; this tool {ownVersion}";
        return versions.Count == 1 && Release(versions[0]) == Release(ownVersion)
            ? CheckResult.Ok(Versions, text)
            : CheckResult.Warn(Versions, text, "bring all to one version; different ones are meant for the time of an update");
    }

    private static CheckResult JudgeClocks(CoordinatorsDescription found)
    {
        var unsure = found.Coordinators.Where(coordinator => coordinator.ClockError is null).Select(Name).ToList();
        if (unsure.Count > 0)
        {
            return CheckResult.Warn(
                Clocks,
                $"the store's time is not known to {string.Join(", ", unsure)}",
                "look whether the store answers, in the coordinator's log");
        }

        var worst = found.Coordinators.MaxBy(coordinator => coordinator.ClockOffset?.Duration() ?? TimeSpan.Zero)!;
        var offset = worst.ClockOffset ?? TimeSpan.Zero;
        var distance = TimeSpan.FromMilliseconds((long)offset.Duration().TotalMilliseconds);
        var text = $"{Name(worst)} is {Duration.Format(distance)} {(offset < TimeSpan.Zero ? "behind" : "ahead of")} the store at most";
        return offset.Duration() <= LargestOffset
            ? CheckResult.Ok(Clocks, text)
            : CheckResult.Warn(Clocks, text, "set the machine's clock, or the store's; locks go by the store's, and logs by the machine's");
    }

    private static string Name(CoordinatorDescription coordinator) => coordinator.Machine ?? coordinator.Id.ToString();

    /// <summary>A version without its commit.</summary>
    private static string Release(string version) => version.Split('+')[0];
}
