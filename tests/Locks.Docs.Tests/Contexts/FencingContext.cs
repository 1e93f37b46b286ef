namespace Locks.Docs.Tests.Contexts;

public abstract class FencingContext : PageContext
{
    public ILockHandle held = null!;
    public new Bank db = null!;
}
