using Locks.Histories;
using Locks.Simulation.Running;

namespace Locks.Simulation.Model;

/// <summary>
/// What docs/guarantees.md promises, written down without a look at the rules that keep it. It is told of what is stored, sent and held;
/// the first promise that is broken ends the run.
/// </summary>
internal sealed class Checker
{
    private readonly World _world;

    public Checker(World world)
    {
        _world = world;
        Commits = new CommitModel(this);
        Leases = new LeaseModel(this);
        Messages = new MessageModel(this);
        Holds = new HoldModel(this, world);
        Calls = new CallModel(this, world);
    }

    public CommitModel Commits { get; }

    public LeaseModel Leases { get; }

    public MessageModel Messages { get; }

    public HoldModel Holds { get; }

    public CallModel Calls { get; }

    /// <summary>The first promise that was broken.</summary>
    public Violation? Violation { get; private set; }

    /// <summary>A promise is broken.</summary>
    public void Report(string promise, string what)
    {
        if (Violation is not null)
            return;
        Violation = new Violation(promise, what);
        _world.Tell("checker", $"{promise} is broken: {what}");
    }

    /// <summary>Looks at what can be broken by time alone.</summary>
    public void Check()
    {
        Holds.Check();
        Calls.Check();
    }
}
