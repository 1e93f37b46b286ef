using Locks.Admin;
using Locks.TestKit;
using Xunit;

namespace Locks.Server.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void TheApiOfLocksAdmin_IsTheApprovedOne() =>
        Approved.Verify("tests/Locks.Server.Tests/Approved/Locks.Admin.txt", PublicApi.Of(typeof(LocksAdminOptions).Assembly));
}
