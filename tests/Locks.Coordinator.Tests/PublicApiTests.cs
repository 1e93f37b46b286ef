using Locks.Coordinator.Hosting;
using Locks.TestKit;
using Xunit;

namespace Locks.Coordinator.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void PublicApi_IsTheApprovedOne() =>
        Approved.Verify("tests/Locks.Coordinator.Tests/Approved/public-api.txt", PublicApi.Of(typeof(LockCoordinatorOptions).Assembly));
}
