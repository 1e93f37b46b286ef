using System.Globalization;
using System.Security.Cryptography;
using Locks.Client;
using ScaleOut.CommandLine;
using ScaleOut.Items;
using ScaleOut.Work;

namespace ScaleOut.Running;

/// <summary>Measures how fast the items are done by 1, 2, 4 and more workers, and then what it costs that some of them are killed.</summary>
internal sealed class ScaleOutRun(ScaleOutSettings settings, IItems items, ILockClient locks, IWorkers workers, TimeProvider time)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPhase = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan LongestRepeat = TimeSpan.FromMilliseconds(300);

    private int _phases;

    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        // The first measurement is not reported: the code of every worker is compiled as it runs for the first time.
        await MeasureAsync(settings.Workers, kills: 0, cancellationToken);
        var reports = new List<PhaseReport>();
        for (var count = 1; count <= settings.Workers; count *= 2)
            reports.Add(await MeasureAsync(count, kills: 0, cancellationToken));
        if (settings.Kills > 0)
            reports.Add(await MeasureAsync(settings.Workers, settings.Kills, cancellationToken));
        return ReportView.Show(reports);
    }

    private async Task<PhaseReport> MeasureAsync(int count, int kills, CancellationToken cancellationToken)
    {
        var phase = new Phase(++_phases, count);
        await items.BeginAsync(phase, settings.Items, cancellationToken);
        var start = time.GetTimestamp();
        var killing = new List<Task<KillReport>>();
        int[] victims = [.. Enumerable.Range(1, count)];
        RandomNumberGenerator.Shuffle(victims.AsSpan());
        PhaseTally tally;
        while ((tally = await items.TallyAsync(phase, cancellationToken)).Done < settings.Items)
        {
            workers.Check();
            // At equal distances, so that there is work before and after each.
            if (killing.Count < kills && tally.Done > settings.Items * (killing.Count + 1) / (kills + 2))
                killing.Add(KillAsync(phase, victims[killing.Count], cancellationToken));
            if (time.GetElapsedTime(start) > LongestPhase)
                throw new SampleException($"{tally.Done} of {settings.Items} items were done within {LongestPhase.TotalMinutes:0} minutes.");
            await Task.Delay(Glance, time, cancellationToken);
        }

        var elapsed = time.GetElapsedTime(start);
        // Without locks, a worker may be doing an item once more.
        await Task.Delay(settings.WithLocks ? TimeSpan.Zero : LongestRepeat, time, cancellationToken);
        return new PhaseReport(
            count, settings.Items, await items.TallyAsync(phase, cancellationToken), elapsed, await Task.WhenAll(killing));
    }

    private async Task<KillReport> KillAsync(Phase phase, int number, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        workers.Kill(number);
        var name = ScaleOutSettings.NameOf(number);
        var left = await LockedByAsync(phase, name, cancellationToken);
        while (left is { } item && !await items.IsDoneAsync(phase, item, cancellationToken))
            await Task.Delay(Glance, time, cancellationToken);
        return new KillReport(name, left, left is null ? TimeSpan.Zero : time.GetElapsedTime(start));
    }

    /// <summary>The item whose lock a worker holds.</summary>
    private async Task<int?> LockedByAsync(Phase phase, string owner, CancellationToken cancellationToken)
    {
        var prefix = $"{settings.KeyPrefix}{phase.Number}:";
        await foreach (var found in locks.ListAsync(new LockQuery { Prefix = prefix, Owner = owner }, cancellationToken))
            return int.Parse(found.Key[prefix.Length..], CultureInfo.InvariantCulture);
        return null;
    }
}
