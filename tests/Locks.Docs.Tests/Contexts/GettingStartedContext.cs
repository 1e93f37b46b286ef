namespace Locks.Docs.Tests.Contexts;

public abstract class GettingStartedContext : PageContext
{
    protected readonly string[] args = [];
}
