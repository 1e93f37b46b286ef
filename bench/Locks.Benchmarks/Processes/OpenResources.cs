using Locks.Benchmarks.Candidates;

namespace Locks.Benchmarks.Processes;

/// <summary>What is open in this process, by name.</summary>
internal sealed class OpenResources : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<(string Name, IAsyncDisposable Resource)> _parts = [];

    public T Get<T>(string name)
    {
        lock (_gate)
            return (T)_parts.Single(part => part.Name == name).Resource;
    }

    public async Task OpenAsync(string name, Resource part, CancellationToken cancellationToken)
    {
        var opened = await part.OpenAsync(cancellationToken);
        lock (_gate)
            _parts.Add((name, opened));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, part) in Enumerable.Reverse(_parts))
            await part.DisposeAsync();
        _parts.Clear();
    }
}
