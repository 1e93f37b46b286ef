namespace Locks.Benchmarks.Servers;

/// <summary>A folder for one run, deleted at its end.</summary>
internal sealed class OwnFolder : IAsyncDisposable
{
    /// <summary>The folder's path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("locks-bench-").FullName;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Path, recursive: true);
        return ValueTask.CompletedTask;
    }
}
