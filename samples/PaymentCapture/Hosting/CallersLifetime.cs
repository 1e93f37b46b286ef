using Microsoft.Extensions.Hosting;

namespace PaymentCapture.Hosting;

/// <summary>A host that lives as long as its caller says: the command line handles Ctrl-C already.</summary>
internal sealed class CallersLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
