namespace Locks.Docs.Tests.Contexts;

public abstract class MigratingContext : PageContext
{
    public ILockClient client = null!;
    public IDistributedLock distributedLock = null!;
    public IDistributedLockFactory lockFactory = null!;

    protected readonly FileInfo file = new("file1.txt");
    protected readonly string lockKey = "asset.Create.client.7";
    protected readonly string resource = "asset:7";
    protected readonly TimeSpan expiry = TimeSpan.FromSeconds(30);
    protected readonly TimeSpan wait = TimeSpan.FromSeconds(10);

    public int Imported { get; private set; }

    protected Task ImportAsync(long fence = 0, CancellationToken lost = default)
    {
        Imported++;
        return Task.CompletedTask;
    }
}
