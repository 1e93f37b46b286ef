using Locks.Client;

namespace OrderProcessing.Instances;

/// <summary>Locks that every caller gets at any time, to show what happens without.</summary>
internal sealed class NoLocks : IDistributedLockFactory
{
    public IKeyedLock CreateLock(string key, TimeSpan expiry) => new NoLock(key);

    private sealed class NoLock(string key) : IKeyedLock
    {
        public string Key => key;

        public bool IsAcquired => true;

        public ILockHandle? Handle => null;

        public Task<bool> TryAcquireAsync(CancellationToken cancellationToken = default) => Task.FromResult(true);

        public Task<bool> ReleaseAsync(CancellationToken cancellationToken = default) => Task.FromResult(true);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        public void Dispose()
        {
        }
    }
}
