namespace Locks.Testing.Faults;

/// <summary>What the test wants to go wrong between clients and the coordinator.</summary>
internal sealed class FaultPlan(LockTestHarnessOptions options) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<Rule> _rules = [];
    private CancellationTokenSource _end = new();
    private int _held;

    /// <summary>How many messages are being held up.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Holds up what comes for a key, or everything.</summary>
    public IDisposable Slow(TimeSpan by, string? key) => Add(new Delay(this, by, key));

    /// <summary>Refuses everything that clients send.</summary>
    public IDisposable Unreachable() => Add(new CutOff(this));

    /// <summary>Refuses the renewals of a lock, or of the shared lease that it is held on.</summary>
    public IDisposable NoRenewals(string key, Guid? leaseId) => Add(new LetEnd(this, key, leaseId));

    /// <summary>What holds the message up, if something does.</summary>
    public Delay? DelayOf(InterceptedCommand arrival) => RuleFor<Delay>(arrival);

    /// <summary>Waits for as long as the test wants the message to be on its way.</summary>
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

    /// <summary>Why the message is not to arrive, if so.</summary>
    public string? RefusalOf(InterceptedCommand arrival) =>
        RuleFor<CutOff>(arrival) is not null ? "The test has made the lock coordinator unreachable."
        : RuleFor<LetEnd>(arrival) is not null ? "The test lets this lease end."
        : null;

    /// <summary>From now on messages can be held up: the coordinator takes some.</summary>
    public void Begin()
    {
        if (_end.IsCancellationRequested)
            _end = new CancellationTokenSource();
    }

    /// <summary>Lets everything that is held up go on, and holds nothing up any longer.</summary>
    public void End() => _end.Cancel();

    public void Dispose()
    {
        // The source is left to the garbage collector, as somebody may be looking at its token.
        End();
    }

    private T? RuleFor<T>(InterceptedCommand arrival)
        where T : Rule
    {
        lock (_gate)
            return _rules.OfType<T>().LastOrDefault(rule => rule.Covers(arrival));
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

    internal abstract class Rule(FaultPlan script) : IDisposable
    {
        private readonly CancellationTokenSource _ended = new();

        public CancellationToken Ended => _ended.Token;

        public abstract bool Covers(InterceptedCommand arrival);

        public void Dispose()
        {
            script.Remove(this);
            _ended.Cancel();
        }
    }

    /// <summary>Holds up what is about a lock, or everything.</summary>
    internal sealed class Delay(FaultPlan script, TimeSpan by, string? key) : Rule(script)
    {
        public TimeSpan By => by;

        public override bool Covers(InterceptedCommand arrival) => key is null || arrival.Key == key;
    }

    private sealed class CutOff(FaultPlan script) : Rule(script)
    {
        public override bool Covers(InterceptedCommand arrival) => true;
    }

    private sealed class LetEnd(FaultPlan script, string key, Guid? leaseId) : Rule(script)
    {
        public override bool Covers(InterceptedCommand arrival) =>
            arrival.IsRenewal && (arrival.Key == key || (leaseId is not null && arrival.LeaseId == leaseId));
    }
}
