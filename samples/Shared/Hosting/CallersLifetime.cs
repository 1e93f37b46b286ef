using Microsoft.Extensions.Hosting;

namespace Samples.Hosting;

/// <summary>Lets the caller start and stop the host: the command line already handles Ctrl-C.</summary>
public sealed class CallersLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
