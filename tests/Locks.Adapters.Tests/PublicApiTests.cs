using Hangfire;
using Locks.DistributedLock;
using Locks.TestKit;
using Quartz;
using Xunit;

namespace Locks.Adapters.Tests;

public sealed class PublicApiTests
{
    public static TheoryData<Type> Adapters => [typeof(LocksDistributedLock), typeof(HangfireLockExtensions), typeof(QuartzLockExtensions)];

    [Theory]
    [MemberData(nameof(Adapters))]
    public void PublicApi_IsTheApprovedOne(Type adapter)
    {
        var assembly = adapter.Assembly;

        Approved.Verify($"tests/Locks.Adapters.Tests/Approved/{assembly.GetName().Name}.txt", PublicApi.Of(assembly));
    }
}
