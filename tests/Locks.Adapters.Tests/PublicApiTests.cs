using Hangfire;
using Locks.DistributedLock;
using Locks.FusionCache;
using Locks.TestKit;
using Microsoft.AspNetCore.Builder;
using Quartz;
using Xunit;

namespace Locks.Adapters.Tests;

public sealed class PublicApiTests
{
    public static TheoryData<Type> Adapters =>
    [
        typeof(HangfireLockExtensions),
        typeof(LocksDistributedLock),
        typeof(LocksDistributedLocker),
        typeof(QuartzLockExtensions),
        typeof(RequireLockExtensions),
    ];

    [Theory]
    [MemberData(nameof(Adapters))]
    public void PublicApi_IsTheApprovedOne(Type adapter)
    {
        var assembly = adapter.Assembly;

        Approved.Verify($"tests/Locks.Adapters.Tests/Approved/{assembly.GetName().Name}.txt", PublicApi.Of(assembly));
    }
}
