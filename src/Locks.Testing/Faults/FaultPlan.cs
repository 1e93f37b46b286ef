namespace Locks.Testing.Faults;

/// <summary>The faults between clients and the coordinator that the test asks for.</summary>
internal sealed class FaultPlan(LockTestHarnessOptions options) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<Rule> _rules = [];
    private CancellationTokenSource _end = new();
    private int _held;

    /// <summary>How many messages are being delayed.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Delays the commands about a key, or all.</summary>
    public IDisposable Slow(TimeSpan by, string? key) => Add(new Delay(this, by, key));

    /// <summary>Refuses everything that clients send.</summary>
    public IDisposable Unreachable() => Add(new CutOff(this));

    /// <summary>Refuses the renewals of a lock, or of the shared lease that it is held on.</summary>
    public IDisposable NoRenewals(string key, Guid? leaseId) => Add(new LetEnd(this, key, leaseId));

    /// <summary>The rule that delays the command, if there is one.</summary>
    public Delay? DelayOf(InterceptedCommand command) => RuleFor<Delay>(command);

    /// <summary>Waits until the delay is over.</summary>
    public async Task HoldUpAsync(Delay delay)
    {
        Interlocked.Increment(ref _held);
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_end.Token, delay.Ended);
            await Task.Delay(delay.By, options.Time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            Interlocked.Decrement(ref _held);
        }
    }

    /// <summary>The reason for which the command is refused, or <see langword="null"/> where it is not.</summary>
    public string? RefusalOf(InterceptedCommand command) =>
        RuleFor<CutOff>(command) is not null ? "The test has made the lock coordinator unreachable."
        : RuleFor<LetEnd>(command) is not null ? "The test lets this lease end."
        : null;

    /// <summary>From now on messages can be delayed, because the coordinator takes some.</summary>
    public void Begin()
    {
        if (_end.IsCancellationRequested)
            _end = new CancellationTokenSource();
    }

    /// <summary>Lets every delayed message go on, and delays none any longer.</summary>
    public void End() => _end.Cancel();

    public void Dispose()
    {
        // The source is left to the garbage collector, because its token may still be in use.
        End();
    }

    private T? RuleFor<T>(InterceptedCommand command)
        where T : Rule
    {
        lock (_gate)
            return _rules.OfType<T>().LastOrDefault(rule => rule.Covers(command));
    }

    private Rule Add(Rule rule)
    {
        lock (_gate)
            _rules.Add(rule);
        return rule;
    }

    private void Remove(Rule rule)
    {
        lock (_gate)
            _rules.Remove(rule);
    }

    internal abstract class Rule(FaultPlan plan) : IDisposable
    {
        private readonly CancellationTokenSource _ended = new();

        public CancellationToken Ended => _ended.Token;

        public abstract bool Covers(InterceptedCommand command);

        public void Dispose()
        {
            plan.Remove(this);
            _ended.Cancel();
        }
    }

    /// <summary>Delays the commands about a lock, or all.</summary>
    internal sealed class Delay(FaultPlan plan, TimeSpan by, string? key) : Rule(plan)
    {
        public TimeSpan By => by;

        public override bool Covers(InterceptedCommand command) => key is null || command.Key == key;
    }

    private sealed class CutOff(FaultPlan plan) : Rule(plan)
    {
        public override bool Covers(InterceptedCommand command) => true;
    }

    private sealed class LetEnd(FaultPlan plan, string key, Guid? leaseId) : Rule(plan)
    {
        public override bool Covers(InterceptedCommand command) =>
            command.ExtendsLease && (command.Key == key || (leaseId is not null && command.LeaseId == leaseId));
    }
}
