using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void PublicApi_IsTheApprovedOne() =>
        Approved.Verify("tests/Locks.Client.Tests/Approved/public-api.txt", PublicApi.Of(typeof(ILockClient).Assembly));
}
