using Locks.Contracts;
using Locks.Contracts.Catalogue;
using Locks.Coordinator.Hosting;
using Locks.TestKit;
using MassTransit;
using Xunit;

namespace Locks.Coordinator.Tests.Saga;

/// <summary>Bad input that got past a client: a clear answer that names the field and the limit, and nothing is changed or lost (G10).</summary>
public sealed class ValidationErrorTests
{
    private static readonly AcquireLock Good = Asker.A.Try();
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly Guid AnyId = LockKey.ToId("any");

    private static readonly Dictionary<string, (AcquireLock Message, string Says)> BadAcquires = new()
    {
        ["no key"] = (Good with { Key = null! }, "Key is missing or empty; it must have 1 to 512 UTF-8 bytes"),
        ["empty key"] = (Good with { Key = "" }, "Key is missing or empty; it must have 1 to 512 UTF-8 bytes"),
        ["long key"] = (Good with { Key = new string('é', 257) }, "Key has 514 UTF-8 bytes; the limit is 512"),
        ["key with NUL"] = (Good with { Key = "a\0b" }, "Key holds the character U+0000"),
        ["no attempt"] = (Good with { AcquireId = Guid.Empty }, "AcquireId is missing or empty"),
        ["no owner"] = (Good with { Owner = null! }, "Owner is missing or empty; it must have 1 to 256 UTF-8 bytes"),
        ["long owner"] = (Good with { Owner = new string('x', 257) }, "Owner has 257 UTF-8 bytes; the limit is 256"),
        ["no lease"] = (Good with { Lease = TimeSpan.Zero }, "Lease is 00:00:00; it must be between 00:00:00.1000000 and 1.00:00:00"),
        ["negative lease"] = (Good with { Lease = -Lease }, "Lease is -00:00:30; it must be between"),
        ["long lease"] = (Good with { Lease = TimeSpan.FromDays(1) + TimeSpan.FromTicks(1) }, "Lease is 1.00:00:00.0000001; it must be between"),
        ["no wait"] = (Good with { Wait = TimeSpan.Zero }, "Wait is 00:00:00; it must be between 00:00:00.0010000 and 1.00:00:00"),
        ["long wait"] = (Good with { Wait = TimeSpan.MaxValue }, "it must be between 00:00:00.0010000 and 1.00:00:00"),
        ["empty session"] = (Good with { ClientId = "" }, "ClientId is missing or empty; it must have 1 to 128 UTF-8 bytes"),
        ["empty lease"] = (Good with { LeaseId = Guid.Empty }, "LeaseId is missing or empty; it must be the UUID of a lease"),
        ["long session"] = (Good with { ClientId = new string('x', 129) }, "ClientId has 129 UTF-8 bytes; the limit is 128"),
    };

    private static readonly Dictionary<string, (object Message, string Says)> BadCommands = new()
    {
        ["cancel without a key"] = (new CancelAcquire("", Good.AcquireId), "CancelAcquire: Key is missing"),
        ["cancel without an attempt"] = (new CancelAcquire("k", Guid.Empty), "CancelAcquire: AcquireId is missing"),
        ["confirm without a key"] = (new ConfirmGrant(null!, Good.AcquireId, 1), "ConfirmGrant: Key is missing"),
        ["confirm without an attempt"] = (new ConfirmGrant("k", Guid.Empty, 1), "ConfirmGrant: AcquireId is missing"),
        ["renew without a key"] = (new RenewLock("", "token", Lease), "RenewLock: Key is missing"),
        ["renew without a token"] = (new RenewLock("k", "", Lease), "RenewLock: OwnerToken is missing"),
        ["renew with a long token"] = (new RenewLock("k", new string('x', 129), Lease), "RenewLock: OwnerToken has 129 UTF-8 bytes; the limit is 128"),
        ["renew without a lease"] = (new RenewLock("k", "token", TimeSpan.Zero), "RenewLock: Lease is 00:00:00"),
        ["release without a key"] = (new ReleaseLock("", "token"), "ReleaseLock: Key is missing"),
        ["release without a token"] = (new ReleaseLock("k", null!), "ReleaseLock: OwnerToken is missing"),
        ["release with a negative cooldown"] = (new ReleaseLock("k", "token", -Lease), "ReleaseLock: Cooldown is -00:00:30; it must be between 00:00:00 and 1.00:00:00"),
        ["release with too long a cooldown"] = (new ReleaseLock("k", "token", TimeSpan.FromDays(2)), "ReleaseLock: Cooldown is 2.00:00:00; it must be between"),
        ["revoke without a key"] = (new RevokeLock("", AnyId, "operator"), "RevokeLock: Key is missing"),
        ["revoke without an id"] = (new RevokeLock("k", Guid.Empty, "operator"), "RevokeLock: RevokeId is missing or empty"),
        ["revoke without a name"] = (new RevokeLock("k", AnyId, null!), "RevokeLock: By is missing or empty; it must have 1 to 256 UTF-8 bytes"),
        ["revoke for an empty reason"] = (new RevokeLock("k", AnyId, "operator", Reason: ""), "RevokeLock: Reason is missing or empty"),
        ["cancel of a waiter for no reason there is"] =
            (new CancelWaiter("k", AnyId, "operator", DenyReason: "Busy"), "CancelWaiter: DenyReason is 'Busy'; it must be Cancelled or Deadlock"),
        ["cancel of a waiter without an id"] = (new CancelWaiter("k", Guid.Empty, "operator"), "CancelWaiter: AttemptId is missing or empty"),
        ["cancel of a waiter for a long reason"] =
            (new CancelWaiter("k", AnyId, "operator", new string('x', 513)), "CancelWaiter: Reason has 513 UTF-8 bytes; the limit is 512"),
        ["revoke by a long name"] = (new RevokeLock("k", AnyId, new string('x', 257)), "RevokeLock: By has 257 UTF-8 bytes; the limit is 256"),
        ["grant of no lease"] = (new GrantLease(Guid.Empty, Lease, "owner"), "GrantLease: LeaseId is missing or empty"),
        ["grant for no time"] = (new GrantLease(AnyId, TimeSpan.Zero, "owner"), "GrantLease: Ttl is 00:00:00; it must be between 00:00:00.1000000 and 1.00:00:00"),
        ["grant for too long"] = (new GrantLease(AnyId, TimeSpan.FromDays(2), "owner"), "GrantLease: Ttl is 2.00:00:00; it must be between"),
        ["grant without an owner"] = (new GrantLease(AnyId, Lease, ""), "GrantLease: Owner is missing or empty; it must have 1 to 256 UTF-8 bytes"),
        ["grant to a long session"] = (new GrantLease(AnyId, Lease, "owner", new string('x', 129)), "GrantLease: ClientId has 129 UTF-8 bytes; the limit is 128"),
        ["renewal of no lease"] = (new RenewLease(Guid.Empty, Lease, "owner"), "RenewLease: LeaseId is missing or empty"),
        ["renewal for no time"] = (new RenewLease(AnyId, TimeSpan.Zero, "owner"), "RenewLease: Ttl is 00:00:00"),
        ["renewal without an owner"] = (new RenewLease(AnyId, Lease, null!), "RenewLease: Owner is missing"),
        ["revocation of no lease"] = (new RevokeLease(Guid.Empty, "owner"), "RevokeLease: LeaseId is missing or empty"),
        ["revocation by a long name"] = (new RevokeLease(AnyId, new string('x', 257)), "RevokeLease: Owner has 257 UTF-8 bytes; the limit is 256"),
        ["question about no lease"] = (new DescribeLease(Guid.Empty), "DescribeLease: LeaseId is missing or empty"),
        ["due lease without an id"] = (new LeaseDue(Guid.Empty), "LeaseDue: LeaseId is missing or empty"),
        ["expiry with a long key"] = (new LeaseExpired(new string('x', 513), 1), "LeaseExpired: Key has 513 UTF-8 bytes; the limit is 512"),
    };

    public static TheoryData<string> AcquireCases => [.. BadAcquires.Keys];

    public static TheoryData<string> CommandCases => [.. BadCommands.Keys];

    [Theory]
    [MemberData(nameof(AcquireCases))]
    public async Task ABadAcquire_IsDenied_WithTheFieldAndTheLimit(string @case)
    {
        var (message, says) = BadAcquires[@case];
        var store = new ScriptedStore();
        await using var coordinator = await CoordinatorUnderTest.StartAsync(store: store);

        var denied = (await coordinator.DeliverAsync(message, Asker.A)).Reply<LockDenied>();

        Assert.Equal((message.Key, message.AcquireId, DenyReasons.Invalid), (denied.Key, denied.AcquireId, denied.Reason));
        Assert.Contains(says, denied.Detail, StringComparison.Ordinal);
        Assert.Equal(Asker.A.RequestId, coordinator.RepliesTo(Asker.A).Single().RequestId);
        Assert.Empty(store.Commits);
    }

    [Theory]
    [MemberData(nameof(CommandCases))]
    public async Task ABadCommand_Fails_AtOnce_WithTheFieldAndTheLimit(string @case)
    {
        var (message, says) = BadCommands[@case];
        await using var coordinator = await CoordinatorUnderTest.StartAsync();

        var delivery = await (message switch
        {
            CancelAcquire bad => coordinator.DeliverAsync(bad, Asker.A),
            ConfirmGrant bad => coordinator.DeliverAsync(bad, Asker.A),
            RenewLock bad => coordinator.DeliverAsync(bad, Asker.A),
            ReleaseLock bad => coordinator.DeliverAsync(bad, Asker.A),
            RevokeLock bad => coordinator.DeliverAsync(bad, Asker.A),
            CancelWaiter bad => coordinator.DeliverAsync(bad, Asker.A),
            GrantLease bad => coordinator.DeliverAsync(bad, Asker.A),
            RenewLease bad => coordinator.DeliverAsync(bad, Asker.A),
            RevokeLease bad => coordinator.DeliverAsync(bad, Asker.A),
            DescribeLease bad => coordinator.DeliverAsync(bad, Asker.A),
            LeaseDue bad => coordinator.DeliverAsync(bad, Asker.A),
            var bad => coordinator.DeliverAsync((LeaseExpired)bad, Asker.A),
        });

        Assert.Contains(says, Assert.IsType<InvalidCommandException>(delivery.Fault).Message, StringComparison.Ordinal);
        Assert.Empty(delivery.Replies);
        var fault = Assert.Single(coordinator.AllSent, sent => sent.Message is Fault);
        Assert.Equal((Asker.A.RequestId, Asker.A.Address), (fault.RequestId, fault.To));
        Assert.Contains(says, ((Fault)fault.Message).Exceptions[0].Message, StringComparison.Ordinal);
        Assert.Null(await coordinator.StoredAsync("k"));
        Assert.Null(await coordinator.StoredLeaseAsync(AnyId));
    }

    [Fact]
    public void EveryCommandOfTheCatalogue_HasABadCase()
    {
        // Messages about sessions, and queries, come to endpoints of their own, which drop bad ones.
        var commands = CommandCatalogue.All.Except(CommandCatalogue.Session).Except(CommandCatalogue.Queries).Select(type => type.MessageType);

        Assert.Empty(commands.Except(BadCommands.Values.Select(bad => bad.Message.GetType()).Append(typeof(AcquireLock))).Select(type => type.Name));
    }

    [Fact]
    public async Task AnAnsweredRefusal_LeavesNoMessageBehind()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        var skipped = await coordinator.WatchQueueAsync<AcquireLock>("locks_skipped");
        var errors = await coordinator.WatchQueueAsync<AcquireLock>("locks_error");
        await coordinator.DeliverAsync(Good with { Owner = "" }, Asker.A);
        await coordinator.DeliverAsync(Good with { LeaseId = LockKey.ToId("lease") }, Asker.A);

        // A message that is kept is moved before the coordinator is done with it.
        var last = await coordinator.SendAsync(Asker.A.Try());
        await Eventually.HoldsAsync(() => errors.Contains(last));

        Assert.Single(errors);
        Assert.Empty(skipped);
        Assert.DoesNotContain(coordinator.Logs.Lines, line => line.Contains("SKIP", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AnUnknownLease_IsDenied()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        var lease = LockKey.ToId("lease");

        var denied = (await coordinator.DeliverAsync(Good with { LeaseId = lease }, Asker.A)).Reply<LockDenied>();

        Assert.Equal(DenyReasons.LeaseNotFound, denied.Reason);
        Assert.Null(await coordinator.StoredAsync());
    }
}
