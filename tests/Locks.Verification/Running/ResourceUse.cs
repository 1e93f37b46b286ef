using System.Globalization;

namespace Locks.Verification.Running;

/// <summary>What a run has in use at a moment when callers use locks as usual.</summary>
/// <param name="Megabytes">The largest of the processes that go on, in its memory.</param>
/// <param name="Handles">The one with the most open files and sockets.</param>
/// <param name="Threads">The one with the most threads.</param>
/// <param name="Queues">The queues on the broker.</param>
/// <param name="Connections">The connections to the broker.</param>
/// <param name="Rows">The rows of locks, waiters and leases in the store.</param>
internal sealed record ResourceUse(long Megabytes, int Handles, int Threads, int Queues, int Connections, long Rows)
{
    private const long MoreMegabytes = 100;
    private const int MoreHandles = 20;
    private const int MoreThreads = 20;
    private const long MoreRows = 20;

    /// <summary>Looks at the coordinators, at the first client, which no fault ends, at the broker and at the store.</summary>
    public static async Task<ResourceUse> OfAsync(ScenarioRun run)
    {
        int[] processes = [run.Clients[0].Id, .. run.Coordinators.Select(coordinator => coordinator.Id)];
        return new ResourceUse(
            processes.Max(process => StatusOf(process, "VmRSS:")) / 1_024,
            processes.Max(process => Directory.GetFileSystemEntries($"/proc/{process}/fd").Length),
            (int)processes.Max(process => StatusOf(process, "Threads:")),
            CountLines(await run.Servers.ControlBrokerAsync("list_queues", "--no-table-headers", "name")),
            CountLines(await run.Servers.ControlBrokerAsync("list_connections", "--no-table-headers", "pid")),
            await run.Database.CountRowsAsync());
    }

    /// <summary>What has grown beyond what is live, in words; empty if nothing has.</summary>
    public IEnumerable<string> GrowthSince(ResourceUse earlier)
    {
        if (Megabytes > earlier.Megabytes + MoreMegabytes)
            yield return $"memory grew from {earlier.Megabytes} to {Megabytes} MB";
        if (Handles > earlier.Handles + MoreHandles)
            yield return $"open files and sockets grew from {earlier.Handles} to {Handles}";
        if (Threads > earlier.Threads + MoreThreads)
            yield return $"threads grew from {earlier.Threads} to {Threads}";
        if (Queues > earlier.Queues)
            yield return $"queues grew from {earlier.Queues} to {Queues}";
        if (Connections > earlier.Connections)
            yield return $"connections grew from {earlier.Connections} to {Connections}";
        if (Rows > earlier.Rows + MoreRows)
            yield return $"rows grew from {earlier.Rows} to {Rows}";
    }

    /// <summary>A number of a process, from the operating system: kilobytes, or a count.</summary>
    public static long StatusOf(int process, string field)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(text => text.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    private static int CountLines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Length;
}
