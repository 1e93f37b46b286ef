using Locks.IntegrationTests.Protocol;
using Xunit;

namespace Locks.IntegrationTests.Faults;

/// <summary>A holder whose process is suspended past its lease: the classic failure, seen from the holder's own code (G8).</summary>
public sealed class SuspendedHolderTests
{
    [Fact]
    public async Task AHolderThatWakesUpAfterItsLease_SeesThatTheLockIsLost_AtItsFirstLook()
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartAsync();
        await using var holder = TestProcess.Holder(fixture.QueueName, "a", leaseSeconds: 10);
        var held = await holder.FirstLine;
        Assert.StartsWith("HELD ", held, StringComparison.Ordinal);
        await holder.SendLineAsync("look");
        Assert.Equal("False True Held", await holder.NextLineAsync());

        await holder.SuspendAsync();
        // The line is there when the process wakes up: what it sees is what user code sees that goes on where it was.
        await holder.SendLineAsync("look");
        await using var next = await fixture.NewClient().AcquireAsync("a", TimeSpan.FromMinutes(2));
        await holder.ResumeAsync();

        Assert.Equal("True False Lost", await holder.NextLineAsync());
        Assert.True(next.FencingToken > long.Parse(held["HELD ".Length..], System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(next.IsHeld);
    }
}
