using Microsoft.Extensions.Hosting;
using PaymentCapture.CommandLine;

namespace PaymentCapture.Records;

/// <summary>Records what this process counts where the others can see it, several times a second.</summary>
internal sealed class TallyRecorder(Tally tally, ITallies tallies, CaptureSettings settings, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        for (var last = tally.Counts; await timer.WaitForNextTickAsync(stoppingToken);)
        {
            if (tally.Counts is var counts && counts == last)
                continue;

            await tallies.RecordAsync(settings.Run, Environment.ProcessId, counts, stoppingToken);
            last = counts;
        }
    }
}
