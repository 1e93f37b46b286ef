using Locks.TestKit;
using Xunit;

namespace Locks.Testing.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void PublicApi_IsTheApprovedOne() =>
        Approved.Verify("tests/Locks.Testing.Tests/Approved/public-api.txt", PublicApi.Of(typeof(ILockTestHarness).Assembly));
}
