using Microsoft.Extensions.Hosting;

namespace FolderImport.Hosting;

internal static class HostExtensions
{
    /// <summary>Starts a host, does something with it, and stops it.</summary>
    public static async Task<T> WhileRunningAsync<T>(this IHost host, Func<Task<T>> action, CancellationToken cancellationToken)
    {
        await host.StartAsync(cancellationToken);
        try
        {
            return await action();
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }
}
