namespace Locks.Docs.Tests.Contexts;

public abstract class LocksEntityFrameworkCoreContext : PageContext
{
    protected readonly ILockHandle held = null!;
}
