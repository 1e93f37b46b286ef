namespace Locks.Docs.Tests.Contexts;

public abstract class InspectContext : PageContext
{
    public LockDescription found = null!;
}
