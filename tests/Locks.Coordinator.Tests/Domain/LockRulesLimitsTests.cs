using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Rules;
using Xunit;

namespace Locks.Coordinator.Tests.Domain;

public sealed class LockRulesLimitsTests
{
    [Fact]
    public void Defaults_AreTheDocumentedOnes()
    {
        var limits = new LockRulesLimits();

        limits.Validate();
        Assert.Equal(TimeSpan.FromSeconds(10), limits.ConfirmationWindow);
        Assert.Equal(20_000, limits.MaxWaiters);
        Assert.Equal(8, limits.AttemptsRemembered);
        Assert.Equal(TimeSpan.FromMinutes(2), limits.AttemptMemory);
        Assert.Equal(32, limits.MaxCohort);
    }

    [Fact]
    public void Validate_AtTheEndsOfEveryRange_Passes()
    {
        Limits(1, 1, 1, 1).Validate();
        Limits(300, 1_000_000, 1_024, 86_400).Validate();
        new LockRulesLimits { MaxCohort = 1 }.Validate();
        new LockRulesLimits { MaxCohort = 1_000 }.Validate();
    }

    [Theory]
    [InlineData(0.999, "ConfirmationWindow is 00:00:00.9990000; it must be 1 s to 5 min.")]
    [InlineData(300.001, "ConfirmationWindow is 00:05:00.0010000; it must be 1 s to 5 min.")]
    [InlineData(-1, "ConfirmationWindow is -00:00:01; it must be 1 s to 5 min.")]
    public void Validate_OfAnOddWindow_NamesItItsValueAndTheRange(double seconds, string message) =>
        AssertRefused(Limits(window: seconds), "ConfirmationWindow", message);

    [Theory]
    [InlineData(0, "MaxWaiters is 0; it must be 1 to 1,000,000.")]
    [InlineData(1_000_001, "MaxWaiters is 1000001; it must be 1 to 1,000,000.")]
    public void Validate_OfAnOddQueue_NamesItItsValueAndTheRange(int waiters, string message) =>
        AssertRefused(Limits(waiters: waiters), "MaxWaiters", message);

    [Theory]
    [InlineData(0, "AttemptsRemembered is 0; it must be 1 to 1,024.")]
    [InlineData(1_025, "AttemptsRemembered is 1025; it must be 1 to 1,024.")]
    public void Validate_OfAnOddNumberOfAttempts_NamesItItsValueAndTheRange(int attempts, string message) =>
        AssertRefused(Limits(attempts: attempts), "AttemptsRemembered", message);

    [Theory]
    [InlineData(0.5, "AttemptMemory is 00:00:00.5000000; it must be 1 s to 24 h.")]
    [InlineData(86_401, "AttemptMemory is 1.00:00:01; it must be 1 s to 24 h.")]
    public void Validate_OfAnOddMemory_NamesItItsValueAndTheRange(double seconds, string message) =>
        AssertRefused(Limits(memory: seconds), "AttemptMemory", message);

    [Theory]
    [InlineData(0, "MaxCohort is 0; it must be 1 to 1,000.")]
    [InlineData(1_001, "MaxCohort is 1001; it must be 1 to 1,000.")]
    public void Validate_OfAnOddCohort_NamesItItsValueAndTheRange(int cohort, string message) =>
        AssertRefused(new LockRulesLimits { MaxCohort = cohort }, "MaxCohort", message);

    [Fact]
    public void Rules_WithOddLimits_AreRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => new LockRules(Limits(waiters: 0)));

    private static LockRulesLimits Limits(double window = 10, int waiters = 10, int attempts = 10, double memory = 10) => new()
    {
        ConfirmationWindow = TimeSpan.FromSeconds(window),
        MaxWaiters = waiters,
        AttemptsRemembered = attempts,
        AttemptMemory = TimeSpan.FromSeconds(memory),
    };

    private static void AssertRefused(LockRulesLimits limits, string name, string message)
    {
        var refusal = Assert.Throws<ArgumentOutOfRangeException>(limits.Validate);
        Assert.Equal(name, refusal.ParamName);
        Assert.StartsWith(message, refusal.Message, StringComparison.Ordinal);
    }
}
