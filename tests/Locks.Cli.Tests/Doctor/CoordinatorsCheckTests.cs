using Locks.Cli.Doctor;
using Locks.Contracts;
using Xunit;

namespace Locks.Cli.Tests.Doctor;

public sealed class CoordinatorsCheckTests
{
    private const string Version = "1.2.0+abc";

    private static readonly CoordinatorDescription One = new(
        Guid.CreateVersion7(), ["locks-0"], "a", Version, ClockOffset: TimeSpan.FromMilliseconds(-12.4), ClockError: TimeSpan.FromMilliseconds(1));

    private static readonly CoordinatorDescription Two = One with { Id = Guid.CreateVersion7(), Queues = ["locks-1"], Machine = "b" };

    [Fact]
    public void WhereAllIsWell_EveryCheckIsOk() => Assert.Equal(
        [
            CheckResult.Ok("coordinators", "2 on store PostgreSql (a, b)"),
            CheckResult.Ok("partitions", "2, all of them read"),
            CheckResult.Ok("versions", "coordinators 1.2.0+abc; this tool 1.2.0+def"),
            CheckResult.Ok("clocks", "a is 12ms behind the store at most"),
        ],
        Judge(One, Two));

    [Fact]
    public void OneCoordinator_IsWarnedOf() => Warns("coordinators", "1 on store PostgreSql (a)", Judge(One with { Queues = ["locks-0", "locks-1"] }));

    [Fact]
    public void APartitionThatIsNotRead_IsWarnedOf() => Warns("partitions", "not read: locks-1", Judge(One, One));

    [Fact]
    public void VersionsThatDiffer_AreWarnedOf()
    {
        Warns("versions", "coordinators 1.2.0+abc, 1.3.0; this tool 1.2.0+def", Judge(One, Two with { Version = "1.3.0" }));
        Warns("versions", "coordinators 1.3.0; this tool 1.2.0+def", Judge(One with { Version = "1.3.0" }, Two with { Version = "1.3.0" }));
        Warns("versions", "coordinators unknown; this tool 1.2.0+def", Judge(One with { Version = null }, Two with { Version = null }));
    }

    [Fact]
    public void AClockThatIsWrong_IsWarnedOf() => Warns(
        "clocks", "b is 1s500ms ahead of the store at most", Judge(One, Two with { ClockOffset = TimeSpan.FromSeconds(1.5) }));

    [Fact]
    public void ATimeThatIsNotKnown_IsWarnedOf() => Warns("clocks", "the store's time is not known to b", Judge(One, Two with { ClockError = null }));

    private static void Warns(string check, string detail, IEnumerable<CheckResult> results)
    {
        var result = Assert.Single(results, result => result.Status != CheckStatus.Ok);
        Assert.Equal((check, CheckStatus.Warn, detail), (result.Check, result.Status, result.Detail));
        Assert.NotNull(result.Advice);
    }

    private static IEnumerable<CheckResult> Judge(params CoordinatorDescription[] coordinators) =>
        CoordinatorsCheck.Judge(new CoordinatorsDescription(One.Id, coordinators, Partitions: 2, "PostgreSql"), "locks", "1.2.0+def");
}
