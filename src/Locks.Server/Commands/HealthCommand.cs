using System.Net;
using Locks.Server.Configuration;
using Locks.Server.Health;

namespace Locks.Server.Commands;

/// <summary>Asks the server that runs beside this process, with the same settings, whether it is ready.</summary>
internal static class HealthCommand
{
    // Less than the 5 s that docker-compose.yml and the Dockerfile give the whole process.
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(4);

    public static async Task<int> RunAsync(string[] args, TextWriter errors)
    {
        var address = new Uri(OwnAddress.Find(ServerHost.CreateBuilder(args).Configuration), HealthEndpoints.ReadyPath);
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var client = new HttpClient(handler) { Timeout = TimeLimit };
        try
        {
            using var response = await client.GetAsync(address).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.OK)
                return CommandLine.Done;

            var body = await response.Content.ReadAsStringAsync().ConfigureAwait(false);
            await errors.WriteLineAsync($"Locks.Server: {address} says {(int)response.StatusCode}: {body}").ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            await errors.WriteLineAsync($"Locks.Server: {address} does not answer: {failure.Message}").ConfigureAwait(false);
        }

        return CommandLine.Failed;
    }
}
