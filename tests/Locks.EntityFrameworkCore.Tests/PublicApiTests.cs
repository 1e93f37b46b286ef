using Locks.TestKit;
using Xunit;

namespace Locks.EntityFrameworkCore.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void PublicApi_IsTheApprovedOne() =>
        Approved.Verify("tests/Locks.EntityFrameworkCore.Tests/Approved/public-api.txt", PublicApi.Of(typeof(LockFence).Assembly));

    [Fact]
    public void ThePackage_NeedsNoProviderNoBusAndNoClient() =>
        Assert.DoesNotContain(
            typeof(LockFence).Assembly.GetReferencedAssemblies(),
            reference => !reference.Name!.StartsWith("System.", StringComparison.Ordinal)
                && reference.Name is not ("Locks.Contracts"
                    or "Microsoft.EntityFrameworkCore"
                    or "Microsoft.EntityFrameworkCore.Abstractions"
                    or "Microsoft.EntityFrameworkCore.Relational"));
}
