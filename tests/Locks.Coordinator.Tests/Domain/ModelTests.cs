using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Locks.Coordinator.Tests.Domain.Model;
using Microsoft.FSharp.Core;
using Xunit;

namespace Locks.Coordinator.Tests.Domain;

/// <summary>
/// Random stories of a handful of actors, with copies, reorderings and clocks that jump, against a model of the promises. A failure prints
/// the shortest story that still fails and, in its first line, the seed of the run, which <c>LOCKS_SEED=number,number</c> replays.
/// </summary>
public sealed class ModelTests
{
    private const int Stories = 2_500;
    private const int Length = 60;
    private const int Sampled = 16_000;
    private const string SeedVariable = "LOCKS_SEED";

    private static readonly Gen<Step> Steps =
        from what in Gen.Frequency(
            (8, Gen.Constant(Happening.Acquire)),
            (4, Gen.Constant(Happening.AnyMessageAgain)),
            (2, Gen.Constant(Happening.Cancel)),
            (2, Gen.Constant(Happening.Confirm)),
            (3, Gen.Constant(Happening.Renew)),
            (3, Gen.Constant(Happening.Release)),
            (2, Gen.Constant(Happening.ReleaseWithCooldown)),
            (2, Gen.Constant(Happening.Revoke)),
            (1, Gen.Constant(Happening.WaiterIsCancelled)),
            (1, Gen.Constant(Happening.LeaseIsRenewed)),
            (3, Gen.Constant(Happening.LeaseEnds)),
            (2, Gen.Constant(Happening.TimerFires)),
            (1, Gen.Constant(Happening.StaleTimerFires)),
            (3, Gen.Constant(Happening.TimePasses)),
            (2, Gen.Constant(Happening.TimePassesUntilSomethingIsDue)),
            (1, Gen.Constant(Happening.ClockGoesBack)),
            (1, Gen.Constant(Happening.SessionFallsSilent)),
            (3, Gen.Constant(Happening.SessionIsHeardAgain)))
        from who in Gen.Choose(0, Story.Actors - 1)
        from number in Gen.Choose(0, Story.Numbers - 1)
        select new Step(what, who, number);

    private static readonly Gen<Story> AnyStory = Steps.ArrayOf(Length).Select(steps => new Story(steps));

    [Fact]
    public void EveryStory_KeepsThePromises() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(Stories).WithReplay(GivenSeed()),
            Prop.ForAll(Arb.From(AnyStory, story => story.Shrink()), story => { StoryGenerator.Tell(story); }));

    /// <summary>A model that never meets a situation proves nothing about it.</summary>
    [Fact]
    public void RandomStories_MeetEverySituation()
    {
        var seen = AnyStory.Sample(Sampled, new Rnd(1), Length)
            .SelectMany(StoryGenerator.Tell)
            .CountBy(situation => situation)
            .ToDictionary();

        string[] situations =
        [
            "a cancel", "a cancel of what is over", "a confirmation", "a denial: Busy", "a denial: Ended", "a denial: QueueFull",
            "a denial: WaitTimedOut", "a denial: LeaseNotFound", "a grant at once", "a grant out of the queue", "a grant repeated", "a release",
            "a release refused", "a release repeated", "a release that keeps", "a renewal refused: Expired", "a renewal refused: LeaseEnded",
            "a renewal refused: NotHeld", "a renewal refused: Superseded", "a renewal on a lease", "a revocation", "a revocation of what is kept",
            "a revocation refused", "a revocation repeated", "a stale timer", "a waiter", "a waiter passed over", "a waiter ended with its lease", "a waiter redirected",
            "a holder on a late lease", "a grant on a lease out of the queue", "a confirmation on a lease", "an earlier end repeated",
            "a cohort", "a cohort that is long enough", "a grant of a cohort repeated", "a cancel in a cohort", "a revocation of a cohort by another's number",
            "a waiter of a silent session", "several waiters of silent sessions", "a grant announced again",
            "an unconfirmed end told", "an unconfirmed end of a cohort told", "an expiry", "an end of a lease", "an end of a lease that its owner knows of", "an end of what is kept",
            .. LockModel.RequestsAndOutcomes,
        ];
        Assert.All(situations, situation =>
        {
            var times = seen.GetValueOrDefault(situation);
            Assert.True(times >= 20, $"too seldom, {times} times: {situation}");
        });
    }

    private static FSharpOption<Replay>? GivenSeed()
    {
        if (Environment.GetEnvironmentVariable(SeedVariable) is not { Length: > 0 } given)
            return null;

        var numbers = Array.ConvertAll(given.Trim('(', ')').Split(','), number => ulong.Parse(number, CultureInfo.InvariantCulture));
        return new Replay(new Rnd(numbers[0], numbers[1]), null);
    }
}
