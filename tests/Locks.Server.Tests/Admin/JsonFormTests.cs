using System.Text.Json;
using Locks.Admin.Json;
using Locks.Admin.Live;
using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Server.Tests.Admin;

/// <summary>The form of the API's answers: what pages and scripts are written against.</summary>
public sealed class JsonFormTests
{
    private static readonly Guid Id = new("0192f1a0-0000-7000-8000-000000000001");
    private static readonly DateTimeOffset Moment = new DateTimeOffset(2026, 11, 29, 12, 0, 0, TimeSpan.Zero).AddMicroseconds(1_234_567);
    private static readonly TimeSpan HalfAMinute = TimeSpan.FromSeconds(30);

    private static readonly HolderDescription Holder = new(
        Id, "shop-3/Billing:4711", 1_764_417_600_000_000, Moment, TimeSpan.FromMicroseconds(2_500_900), HalfAMinute, Moment + HalfAMinute, HalfAMinute,
        Moment, "session", Id, Moment, [new CohortMemberDescription(Id, 7)]);

    private static readonly LockSummary Summary = new("folder:/a/b", LockStates.Held, Holder, 4, HalfAMinute);

    private static readonly LockStatistics Statistics =
        new(Moment, 5, 1, 2, 3, 4, 1, HalfAMinute, [Summary], [Summary], 1, IsTruncated: true, [Summary]);

    private static readonly Contender Importer = new("importer", "session", Id);

    private static readonly WaitForGraph Graph = new(
        Moment, [new Deadlock([new BlockedWait("folder:/a/b", Id, Importer, HalfAMinute, Importer, 42, HalfAMinute)], HalfAMinute)],
        [new Blocker(Importer, ["folder:/a/b"], 3, 7, HalfAMinute)], 9, HalfAMinute, BreaksDeadlocks: false);

    private static readonly JsonSerializerOptions Indented = new(AdminJson.Options) { WriteIndented = true };

    [Fact]
    public void TheForm_IsTheApprovedOne()
    {
        object[] answers =
        [
            new LockPage([Summary, new LockSummary("free", LockStates.Free, null, 0)], Moment, "folder:/a/b"),
            new LockDescription(
                "folder:/a/b", LockStates.Held, Moment, 42, Holder, 1,
                [new WaiterDescription(1, Id, "the waiter", Moment, HalfAMinute, Moment + HalfAMinute, HalfAMinute, "session", Id)],
                [
                    new EndedAttemptDescription(Id, AttemptEndings.Released, Moment, "shop-2/Billing:11", 41, Moment - HalfAMinute),
                    new EndedAttemptDescription(Id, AttemptEndings.Cancelled, Moment),
                ]),
            new LeasePage([new LeaseDescription(Id, "importer", HalfAMinute, Moment, Moment, HalfAMinute, 7, "session")], Moment, Id),
            new CoordinatorsDescription(
                Id, [new CoordinatorDescription(Id, ["locks-0"], "host-7", "1.0.0", Moment, -HalfAMinute, TimeSpan.FromMilliseconds(2))], 1, "Memory"),
            Statistics,
            new LiveSnapshot(Statistics, Graph, new RateSeries(
                Moment, TimeSpan.FromSeconds(5), [0, 1.2], [0, 0], [0, 0], [0, 0], [0, 0], [0, 0],
                new LatencySeries([null, 12.5], [null, 99]), new LatencySeries([null, 0.5], [null, 1]))),
            new LockRevoked("folder:/a/b", 42, "shop-3/Billing:4711"),
            new WaiterCancelled("folder:/a/b", Id),
        ];

        Approved.Verify(
            "tests/Locks.Server.Tests/Approved/admin-json.txt",
            string.Join("\n\n", answers.Select(answer => $"{answer.GetType().Name}\n{JsonSerializer.Serialize(answer, Indented)}")));
    }

    [Fact]
    public void WhatIsWritten_CanBeReadAgain_ToTheMillisecond()
    {
        var page = new LockPage([Summary], Moment);

        var read = JsonSerializer.Deserialize<LockPage>(JsonSerializer.Serialize(page, AdminJson.Options), AdminJson.Options)!;

        Assert.Equal((Moment, "folder:/a/b"), (read.At, read.Locks[0].Key));
        Assert.Equal(TimeSpan.FromMilliseconds(2_500), read.Locks[0].Holder!.HeldFor);
    }
}
