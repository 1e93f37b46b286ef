using System.CommandLine;
using Locks.Cli.CommandLine;
using Locks.Client;
using Locks.Contracts;

namespace Locks.Cli.Inspect;

/// <summary>The options that say which locks to show. All that are given must match.</summary>
internal sealed class LockFilter
{
    private static readonly string[] States = [LockStates.Free, LockStates.Offered, LockStates.Held, LockStates.Cooling];

    private readonly TextOption _prefix = new("--prefix", "Only keys that begin with this", LockLimits.CheckPrefix);
    private readonly TextOption _owner = new("--owner", "Only locks that this owner holds", LockLimits.CheckOwner);

    private readonly Option<string?> _state = new("--state")
    {
        Description = "Only locks in this state (default every lock that is not free, or that callers wait for)",
        HelpName = string.Join('|', States),
    };

    private readonly DurationOption _waiting = new(
        "--waiting-longer-than", "Only locks that a caller has waited for so long", static wait => LockLimits.CheckWaitingLongerThan(wait));

    public LockFilter() => _state.AcceptOnlyFromAmong(States);

    public void AddTo(Command command)
    {
        command.Options.Add(_prefix);
        command.Options.Add(_owner);
        command.Options.Add(_state);
        command.Options.Add(_waiting);
    }

    public LockQuery Read(ParseResult parsed) => new()
    {
        Prefix = parsed.GetValue(_prefix),
        Owner = parsed.GetValue(_owner),
        State = parsed.GetValue(_state),
        WaitingLongerThan = parsed.GetValue(_waiting),
        PageSize = LockLimits.MaxPage,
    };
}
