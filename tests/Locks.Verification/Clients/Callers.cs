namespace Locks.Verification.Clients;

/// <summary>The callers of a client process.</summary>
internal sealed class Callers : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _running = [];
    private readonly RecordingClient _client;
    private readonly ClientSettings _settings;

    public Callers(RecordingClient client, RecordingClient defective, ClientSettings settings)
    {
        (_client, _settings) = (client, settings);
        Commanded = new CommandedCaller(client, defective, _stopping.Token);
    }

    /// <summary>The one that does what it is told.</summary>
    public CommandedCaller Commanded { get; }

    /// <summary>Starts those that use locks all the time.</summary>
    public string Start()
    {
        for (var number = 0; number < _settings.Callers; number++)
        {
            var random = new Random((_settings.Seed * 1_000) + number);
            var caller = new LoadCaller(_client, LoadCaller.Keys[number % LoadCaller.Keys.Count], random);
            _running.Add(Task.Run(() => caller.RunAsync(_stopping.Token)));
        }

        return "STARTED";
    }

    /// <summary>Ends all of them.</summary>
    public async Task<string> EndAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll([.. _running, Commanded.EndAsync()]);
        return "ENDED";
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _stopping.Dispose();
    }
}
