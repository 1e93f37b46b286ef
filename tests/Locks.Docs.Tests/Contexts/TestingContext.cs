namespace Locks.Docs.Tests.Contexts;

/// <summary>A test of the reader's has the test harness at hand.</summary>
public abstract class TestingContext : PageContext
{
    public new ILockTestHarness locks = null!;
    public ILockClient client = null!;
}
