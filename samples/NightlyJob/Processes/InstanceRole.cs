using NightlyJob.CommandLine;
using NightlyJob.Hosting;

namespace NightlyJob.Processes;

/// <summary>A process that is one of the instances.</summary>
internal static class InstanceRole
{
    public static Task<int> RunAsync(NightlySettings settings, CancellationToken cancellationToken) =>
        NightlyHost.Instance(settings, settings.Servers!)
            .WhileRunningAsync(() => LongRunning.WaitAsync(settings.EndsWithInput, cancellationToken), cancellationToken);
}
