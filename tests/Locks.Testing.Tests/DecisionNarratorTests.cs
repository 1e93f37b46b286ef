using Locks.Coordinator.Domain;
using Locks.Testing.History;
using Xunit;

namespace Locks.Testing.Tests;

public sealed class DecisionNarratorTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly Guid Attempt = new("0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b");
    private static readonly ReplyTo Address = new(new Uri("loopback://localhost/client"), Attempt);
    private static readonly OwnerToken Token = new("token");

    /// <summary>A value for each type of parameter that outcomes have.</summary>
    private static readonly object[] Values =
    [
        Attempt, "text", 1, false, Lease, Address,
        new Holder(Attempt, "owner", Token, 7, Lease, Now, Now + Lease, LockStage.Held, ClientId: null),
        new Waiter(1, Attempt, "owner", Token, Lease, Now, Now + Lease, ClientId: null, Address),
    ];

    /// <summary>An outcome that is new is either told of, or named here.</summary>
    [Fact]
    public void EveryOutcome_IsToldOf_ButForThoseThatChangeNothing()
    {
        var state = LockState.NeverTaken("orders/42");

        var untold = typeof(Outcome).GetNestedTypes()
            .Where(type => !DecisionNarrator.Of(new Decision(state, state, [Sample(type)]), Now).Any())
            .Select(type => type.Name)
            .Order(StringComparer.Ordinal);

        Assert.Equal(
            [
                nameof(Outcome.CancelAnswered), nameof(Outcome.LossNotified), nameof(Outcome.RankReported), nameof(Outcome.ReleaseRefused),
                nameof(Outcome.ReleaseRepeated), nameof(Outcome.RenewalRefused), nameof(Outcome.RevocationRepeated),
                nameof(Outcome.WaiterCancelRepeated), nameof(Outcome.WaiterNotFound),
            ],
            untold);
    }

    private static Outcome Sample(Type type)
    {
        var constructor = type.GetConstructors().Single();
        var values = constructor.GetParameters().Select(parameter => Values.Single(parameter.ParameterType.IsInstanceOfType));
        return (Outcome)constructor.Invoke([.. values]);
    }
}
