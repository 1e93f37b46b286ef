using Microsoft.Extensions.Hosting;

namespace PaymentCapture.Hosting;

internal static class HostExtensions
{
    /// <summary>
    /// Starts a host, does something with it, stops and disposes of it. When that is interrupted, the host ends with the process instead,
    /// since stopping it would wait for work that nobody wants any more.
    /// </summary>
    public static async Task<T> WhileRunningAsync<T>(this IHost host, Func<Task<T>> action, CancellationToken cancellationToken)
    {
        await host.StartAsync(cancellationToken);
        var result = await action();
        await host.StopAsync(CancellationToken.None);
        host.Dispose();
        return result;
    }
}
