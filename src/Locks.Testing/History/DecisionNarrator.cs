using System.Globalization;
using Locks.Contracts;
using Locks.Coordinator.Domain;

namespace Locks.Testing.History;

/// <summary>Retells a decision as events.</summary>
internal static class DecisionNarrator
{
    /// <summary>What a decision brought about.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="at">When it was decided.</param>
    public static IEnumerable<LockEvent> Of(Decision decision, DateTimeOffset at)
    {
        var decided = decision.Outcomes.SelectMany(DecidedAttempts).ToHashSet();
        return decision.Outcomes
            .SelectMany(outcome => Cohort(outcome).Prepend(Retell(outcome, decision, decided)))
            .OfType<Entry>()
            .Select(entry => new LockEvent(at, decision.After.Key, entry.Kind, entry.Owner, entry.FencingToken, entry.Detail));
    }

    /// <summary>The other members of a cohort hold the lock after the first; only their client knows when each begins.</summary>
    private static IEnumerable<Entry?> Cohort(Outcome outcome) =>
        outcome is Outcome.Granted { Repeated: false, Grant: { Cohort.Items: var cohort } grant }
            ? cohort.Select(member => new Entry(
                LockEventKind.Acquired, grant.Owner, member.FencingToken,
                $"out of the queue, after fencing token {member.FencingToken - 1} and on its lease"))
            : [];

    private static Entry? Retell(Outcome outcome, Decision decision, HashSet<Guid> decided) => outcome switch
    {
        Outcome.Granted { Repeated: false } granted => new(
            LockEventKind.Acquired, granted.Grant,
            $"{(granted.Waited is null ? "at once" : "out of the queue")}, for a lease of {Text(granted.Grant.Ttl)}"),
        // The end of the offer is an event of its own.
        Outcome.Denied denied when decision.Before.Holder is { Stage: LockStage.Offered } unconfirmed && unconfirmed.Has(denied.AcquireId) => null,
        // A repeat of the reply.
        Outcome.Denied denied when decision.Before.Ended.Find(denied.AcquireId) is not null => null,
        // The cancellation is an event of its own.
        Outcome.Denied { Why: DenyReasons.Cancelled or DenyReasons.Deadlock, Detail: not null } => null,
        Outcome.Denied denied => new(
            LockEventKind.Denied, denied.Owner, null,
            denied.Why + (denied.Holder is { } holder ? $", held by '{holder.Owner}'" : "")),
        Outcome.WaiterCancelled { Waiter: var waiter } cancelled => new(
            LockEventKind.Denied, waiter.Owner, null, $"taken out of the queue by '{cancelled.By}'"),
        Outcome.PassedOver { Waiter: var waiter } => new(LockEventKind.Denied, waiter.Owner, null, "passed over: its session is silent"),
        Outcome.Enqueued { Waiter: var waiter } when WaiterOf(waiter.AcquireId, decision) is null => new(
            LockEventKind.Queued, waiter.Owner, null, $"for {Text(waiter.Deadline - waiter.QueuedAt)} at most"),
        Outcome.Dequeued { Waiter: var waiter } when !decided.Contains(waiter.AcquireId) => new(
            LockEventKind.GaveUp, waiter.Owner, null, null),
        Outcome.Renewed renewed => new(LockEventKind.Renewed, renewed.Grant, $"for {Text(renewed.Ttl)}"),
        Outcome.Released { Grant.Stage: not LockStage.Cooling } released => new(
            LockEventKind.Released, released.Grant,
            decision.After.Holder is { Stage: LockStage.Cooling } cooling ? $"cooling until {cooling.ExpiresAt:HH:mm:ss.fff}" : null),
        Outcome.Expired { Grant.Stage: not LockStage.Cooling } expired => new(
            LockEventKind.Expired, expired.Grant, expired.Grant.Lease is { HasEnded: true } ? "with its shared lease" : null),
        Outcome.Revoked revoked => new(LockEventKind.Revoked, revoked.Grant, $"taken away by '{revoked.By}'"),
        _ => null,
    };

    private static IEnumerable<Guid> DecidedAttempts(Outcome outcome) => outcome switch
    {
        Outcome.Granted { Grant: var grant } =>
            [grant.AcquireId, .. grant.Cohort?.Items.Select(member => member.AcquireId) ?? []],
        Outcome.Denied denied => [denied.AcquireId],
        Outcome.PassedOver passedOver => [passedOver.Waiter.AcquireId],
        _ => [],
    };

    private static Waiter? WaiterOf(Guid acquireId, Decision decision) => decision.Before.Waiters.Find(acquireId);

    private static string Text(TimeSpan time) => time.ToString("c", CultureInfo.InvariantCulture);

    private sealed record Entry(LockEventKind Kind, string? Owner, long? FencingToken, string? Detail)
    {
        public Entry(LockEventKind kind, Holder grant, string? detail)
            : this(kind, grant.Owner, grant.FencingToken, detail)
        {
        }
    }
}
