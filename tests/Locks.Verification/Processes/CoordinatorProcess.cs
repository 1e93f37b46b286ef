using System.Diagnostics;
using System.Net;
using Locks.TestKit;

namespace Locks.Verification.Processes;

/// <summary>The built server.</summary>
/// <param name="name">What it is called in the history.</param>
/// <param name="start">How to start it.</param>
internal sealed class CoordinatorProcess(string name, ProcessStartInfo start) : ChildProcess(start)
{
    // Each look takes processor time from what is waited for.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);

    /// <summary>What it is called in the history.</summary>
    public string Name { get; } = name;

    /// <summary>Waits until it grants locks.</summary>
    public async Task WhenReadyAsync()
    {
        await HasPrintedAsync(BuiltServer.ListeningOn);
        var ready = new Uri(Printed.Select(BuiltServer.AddressIn).First(address => address is not null)!, "/health/ready");
        using var http = new HttpClient();
        await Eventually.HoldsAsync(
            async () =>
            {
                using var response = await http.GetAsync(ready);
                return response.StatusCode == HttpStatusCode.OK;
            },
            what: $"readiness of {Name}",
            pauses: BetweenLooks);
    }
}
