using System.Text.Json;
using Locks.Contracts;
using Locks.Contracts.Catalogue;
using Locks.Coordinator.Tests.Saga;
using MassTransit;
using MassTransit.Serialization;
using Xunit;

namespace Locks.Coordinator.Tests.Inspect;

/// <summary>
/// What a coordinator answers to queries and operators leads to no owner token: it has neither a token nor an acquire id, which a sender of
/// requests gets the token for. Nor does it have the id of a shared lease, by which the lease is renewed and revoked.
/// </summary>
public sealed class SecretTests
{
    private const string Key = CoordinatorUnderTest.Key;
    private const string OtherKey = "orders/43";
    private const string LeasedKey = "orders/44";

    private static readonly Asker Released = new("released");
    private static readonly Asker Holder = new("holder");
    private static readonly Asker OtherHolder = new("other holder");
    private static readonly Asker Member = new("member");
    private static readonly Asker Cancelled = new("cancelled");
    private static readonly Asker Waiter = new("waiter");
    private static readonly Asker OtherWaiter = new("other waiter");
    private static readonly Asker Leased = new("leased");
    private static readonly Asker LeasedWaiter = new("leased waiter");

    private static readonly Guid Lease = Guid.CreateVersion7();
    private static readonly Guid OtherLease = Guid.CreateVersion7();

    private static IEnumerable<Asker> Attempts => [Released, Holder, OtherHolder, Member, Cancelled, Waiter, OtherWaiter, Leased, LeasedWaiter];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NoReplyToAQuery_OrToAnOperator_AndNoLogLine_HasAnAcquireId_AToken_OrALeasesId()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync(options => options.Deadlocks.MinAge = TimeSpan.Zero);
        var tokens = await SetUpAsync(coordinator);
        string[] secrets = [.. tokens, .. Attempts.SelectMany(asker => Forms(asker.AcquireId)), .. Forms(Lease), .. Forms(OtherLease)];
        string[] names =
        [
            .. Attempts.Select(asker => asker.AttemptId.ToString()), LeaseFingerprint.Of(Lease).ToString(), LeaseFingerprint.Of(OtherLease).ToString(),
        ];

        var answers = new List<object>
        {
            await AskAsync<DescribeLock, LockDescription>(coordinator, new DescribeLock(Key)),
            await AskAsync<DescribeLock, LockDescription>(coordinator, new DescribeLock(OtherKey)),
            await AskAsync<DescribeLock, LockDescription>(coordinator, new DescribeLock(LeasedKey)),
            await AskAsync<ListLocks, LockPage>(coordinator, new ListLocks()),
            await AskAsync<ListLeases, LeasePage>(coordinator, new ListLeases()),
            await AskAsync<ListLeases, LeasePage>(coordinator, new ListLeases(Limit: 1)),
            await AskAsync<DescribeStatistics, LockStatistics>(coordinator, new DescribeStatistics()),
            await AskAsync<DescribeCoordinators, CoordinatorsDescription>(coordinator, new DescribeCoordinators()),
            await AskAsync<DescribeWaitForGraph, WaitForGraph>(coordinator, new DescribeWaitForGraph()),
            await OrderAsync<CancelWaiter, WaiterCancelled>(coordinator, new CancelWaiter(Key, Waiter.AttemptId, "operator")),
            await OrderAsync<CancelWaiter, WaiterCancelled>(coordinator, new CancelWaiter(Key, Waiter.AttemptId, "operator")),
            await OrderAsync<CancelWaiter, WaiterNotFound>(coordinator, new CancelWaiter(Key, Holder.AttemptId, "operator")),
            await OrderAsync<RevokeLock, LockRevoked>(coordinator, new RevokeLock(OtherKey, Guid.CreateVersion7(), "operator")),
            await OrderAsync<RevokeLock, LockNotHeld>(coordinator, new RevokeLock("free", Guid.CreateVersion7(), "operator")),
        };

        Assert.Superset(
            ReplyCatalogue.Queries.Select(type => type.MessageType).ToHashSet(), answers.Select(answer => answer.GetType()).ToHashSet());
        var told = string.Join(
            '\n', answers.Select(answer => JsonSerializer.Serialize(answer, answer.GetType(), SystemTextJsonMessageSerializer.Options)));
        Assert.All(names, name => Assert.Contains(name, told, StringComparison.Ordinal));
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, told, StringComparison.OrdinalIgnoreCase));
        Assert.Contains(coordinator.Logs.Lines, line => line.Contains(Waiter.AttemptId.ToString(), StringComparison.Ordinal));
        Assert.All(secrets, secret => Assert.DoesNotContain(
            coordinator.Logs.Lines, line => line.Contains(secret, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>A lock with a cohort, a queue and a history, another one, a deadlock of both, and one on a shared lease.</summary>
    /// <returns>The owner tokens.</returns>
    private static async Task<IReadOnlyList<string>> SetUpAsync(CoordinatorUnderTest coordinator)
    {
        var first = await coordinator.AcquireAsync(Released);
        await coordinator.DeliverAsync(InCohort(Holder), Holder);
        await coordinator.DeliverAsync(InCohort(Member), Holder);
        await coordinator.DeliverAsync(Cancelled.Wait(), Cancelled);
        await coordinator.DeliverAsync(Cancelled.Cancel());
        await coordinator.DeliverAsync(new ReleaseLock(Key, first.OwnerToken, AcquireId: Released.AcquireId), Released);
        var grant = await coordinator.ReplyAsync<LockAcquired>(Holder);
        Assert.Equal([Member.AcquireId], grant.Cohort?.Select(member => member.AcquireId));

        var other = await coordinator.AcquireAsync(OtherHolder, key: OtherKey);
        await coordinator.DeliverAsync(Waiter.Wait() with { Owner = OtherHolder.Try().Owner }, Waiter);
        await coordinator.DeliverAsync(InCohort(OtherWaiter) with { Key = OtherKey, MayJoinCohort = false }, OtherWaiter);

        await coordinator.DeliverAsync(new GrantLease(Lease, TimeSpan.FromHours(1), "owner of a lease"), Leased);
        await coordinator.DeliverAsync(new GrantLease(OtherLease, TimeSpan.FromHours(1), "owner of a lease"), LeasedWaiter);
        var leased = (await coordinator.DeliverAsync(Leased.Try() with { Key = LeasedKey, LeaseId = Lease }, Leased)).Reply<LockAcquired>();
        await coordinator.DeliverAsync(LeasedWaiter.Wait() with { Key = LeasedKey, LeaseId = OtherLease }, LeasedWaiter);
        return [first.OwnerToken, grant.OwnerToken, other.OwnerToken, leased.OwnerToken];
    }

    private static AcquireLock InCohort(Asker asker) =>
        asker.Wait() with { Owner = "one session's", ClientId = "session", MayJoinCohort = true };

    // As people write a UUID, and as 32 digits.
    private static string[] Forms(Guid id) => [id.ToString(), id.ToString("N")];

    private static Task<TAnswer> AskAsync<TQuery, TAnswer>(CoordinatorUnderTest coordinator, TQuery query)
        where TQuery : class
        where TAnswer : class =>
        AnswerAsync<TQuery, TAnswer>(coordinator.Harness.Bus.CreateRequestClient<TQuery>(RequestTimeout.After(s: 60)), query);

    private static Task<TAnswer> OrderAsync<TCommand, TAnswer>(CoordinatorUnderTest coordinator, TCommand command)
        where TCommand : class
        where TAnswer : class => AnswerAsync<TCommand, TAnswer>(
            coordinator.Harness.Bus.CreateRequestClient<TCommand>(new Uri("exchange:locks"), RequestTimeout.After(s: 60)), command);

    private static async Task<TAnswer> AnswerAsync<TRequest, TAnswer>(IRequestClient<TRequest> client, TRequest request)
        where TRequest : class
        where TAnswer : class => (await client.GetResponse<TAnswer>(request, Cancel)).Message;
}
