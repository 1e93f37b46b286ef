using OrderProcessing.CommandLine;
using OrderProcessing.Instances;

namespace OrderProcessing.Processes;

/// <summary>A process that is one of the instances.</summary>
internal static class InstanceRole
{
    public static Task<int> RunAsync(OrderSettings settings, CancellationToken cancellationToken) =>
        InstanceHost.Process(settings, settings.Servers!)
            .WhileRunningAsync(() => LongRunning.WaitAsync(settings.EndsWithInput, cancellationToken), cancellationToken);
}
