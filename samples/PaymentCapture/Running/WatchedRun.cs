using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PaymentCapture.CommandLine;
using PaymentCapture.Records;

namespace PaymentCapture.Running;

/// <summary>A run as a person sees it: progress while it goes on, and the report at its end.</summary>
internal static class WatchedRun
{
    /// <param name="host">A started program that can send messages and read the records.</param>
    /// <param name="settings">What is asked for.</param>
    /// <param name="queue">The queue that the consumers read.</param>
    /// <param name="watch">Told how many of how many are done, too.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        IHost host, CaptureSettings settings, string queue, Action<int, int>? watch, CancellationToken cancellationToken)
    {
        var workload = settings.Workload;
        Notes.Write($"{workload.Messages:N0} messages for {workload.Payments:N0} payments");

        var services = host.Services;
        var run = new CaptureRun(
            services.GetRequiredService<IBus>(),
            services.GetRequiredService<ICaptures>(),
            services.GetRequiredService<ITallies>(),
            services.GetRequiredService<TimeProvider>());
        var report = await ProgressView.ShowAsync("capturing", progress => run.RunAsync(
            settings.Run,
            queue,
            workload,
            (done, all) =>
            {
                progress(done, all);
                watch?.Invoke(done, all);
            },
            cancellationToken));

        ReportView.Show(report);
        return report.IsRight ? ExitCode.Right : ExitCode.Wrong;
    }
}
