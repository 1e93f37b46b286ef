namespace Locks.Docs.Tests.Contexts;

public abstract class LocksContractsContext : PageContext
{
    protected new readonly IBus bus = null!;
}
