using Locks.DistributedLock;

namespace Locks.Docs.Tests.Contexts;

public abstract class AdaptersContext : PageContext
{
    public new LocksDistributedLockProvider locks = null!;

    public IAccountStore store = null!;
}
