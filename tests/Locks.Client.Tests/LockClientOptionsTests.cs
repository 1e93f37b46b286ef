using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Locks.Client.Tests;

public sealed class LockClientOptionsTests
{
    private static readonly Dictionary<string, (Action<LockClientOptions> Configure, string Says)> Nonsense = new()
    {
        ["queue"] = (options => options.QueueName = " ", "LockClientOptions.QueueName is ' '; it must be a queue name."),
        ["no owner"] = (options => options.Owner = "", "LockClientOptions.Owner is ''; it must be 1 to 256 UTF-8 bytes."),
        ["long owner"] = (options => options.Owner = new string('x', 257), "it must be 1 to 256 UTF-8 bytes."),
        ["lease"] = (options => options.DefaultLease = TimeSpan.FromMilliseconds(99),
            "LockClientOptions.DefaultLease is '00:00:00.0990000'; it must be 100 ms to 24 h."),
        ["timeout"] = (options => options.RequestTimeout = TimeSpan.FromMinutes(11),
            "LockClientOptions.RequestTimeout is '00:11:00'; it must be between 00:00:00.1000000 and 00:10:00."),
        ["resend"] = (options => options.ResendAfter = TimeSpan.Zero,
            "LockClientOptions.ResendAfter is '00:00:00'; it must be between 00:00:00.0500000 and 00:01:00."),
        ["heartbeat"] = (options => options.HeartbeatInterval = TimeSpan.FromSeconds(11),
            "LockClientOptions.HeartbeatInterval is '00:00:11'; it must be between 00:00:01 and 00:00:10."),
        ["margin"] = (options => options.SafetyMargin = TimeSpan.FromSeconds(-1),
            "LockClientOptions.SafetyMargin is '-00:00:01'; it must be between 00:00:00 and 00:01:00."),
        ["risk"] = (options => options.AtRiskAfter = 1, "LockClientOptions.AtRiskAfter is '1'; it must be more than 0 and less than 1."),
        ["progress"] = (options => options.ProgressInterval = TimeSpan.Zero,
            "LockClientOptions.ProgressInterval is '00:00:00'; it must be between 00:00:00.1000000 and 00:01:00."),
    };

    public static TheoryData<string> Cases => [.. Nonsense.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void AnOptionOutOfRange_IsRejected_WithItsNameItsValueAndTheRange(string @case)
    {
        var (configure, says) = Nonsense[@case];
        using var provider = new ServiceCollection().AddLockClient(configure).BuildServiceProvider();

        var refusal = Assert.ThrowsAny<ArgumentException>(() => provider.GetRequiredService<IOptions<LockClientOptions>>().Value);

        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheDefaults_AreSound()
    {
        using var provider = new ServiceCollection().AddLockClient().BuildServiceProvider();

        var options = provider.GetRequiredService<IOptions<LockClientOptions>>().Value;

        Assert.Equal(("locks", TimeSpan.FromSeconds(
            30), TimeSpan.FromSeconds(15)), (options.QueueName, options.DefaultLease, options.RequestTimeout));
        Assert.Contains(Environment.MachineName, options.Owner, StringComparison.Ordinal);
    }
}
