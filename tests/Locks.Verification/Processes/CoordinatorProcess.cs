using System.Net;
using Locks.TestKit;

namespace Locks.Verification.Processes;

/// <summary>The built server, run as users run it: <c>dotnet Locks.Server.dll</c>, with its settings in the environment.</summary>
internal sealed class CoordinatorProcess : ChildProcess
{
    private const string ListeningOn = "Now listening on: ";

    // Each look takes processor time from what is waited for.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);

    // Built with this program, hence in the same configuration.
    private static readonly string Program = Path.Combine(
        Repository.PathOf("src/Locks.Server/bin"), new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "Locks.Server.dll");

    /// <param name="name">What it is called in the history.</param>
    /// <param name="settings">Its settings, by the names of environment variables.</param>
    public CoordinatorProcess(string name, IReadOnlyDictionary<string, string> settings)
        : base(StartInfo(settings)) => Name = name;

    /// <summary>What it is called in the history.</summary>
    public string Name { get; }

    /// <summary>Waits until it grants locks.</summary>
    public async Task WhenReadyAsync()
    {
        await HasPrintedAsync(ListeningOn);
        var line = Printed.First(printed => printed.Contains(ListeningOn, StringComparison.Ordinal));
        var ready = new Uri(new Uri(line[(line.IndexOf(ListeningOn, StringComparison.Ordinal) + ListeningOn.Length)..]), "/health/ready");
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

    private static System.Diagnostics.ProcessStartInfo StartInfo(IReadOnlyDictionary<string, string> settings)
    {
        var start = DotNet(Program);
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        return start;
    }
}
