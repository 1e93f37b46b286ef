using Medallion.Threading;

namespace Locks.Docs.Tests.Contexts;

public abstract class LocksDistributedLockContext : PageContext
{
    public new IDistributedLockProvider provider = null!;

    protected new readonly string id = "17";
    protected readonly IAccountStore accounts = null!;
}
