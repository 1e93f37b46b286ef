using Locks.Benchmarks.Contestants;

namespace Locks.Benchmarks.Processes;

/// <summary>What is open in this process, by name.</summary>
internal sealed class OpenParts : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<(string Name, IAsyncDisposable Part)> _parts = [];

    public T Get<T>(string name)
    {
        lock (_gate)
            return (T)_parts.Single(part => part.Name == name).Part;
    }

    public async Task OpenAsync(string name, Part part, CancellationToken cancellationToken)
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
