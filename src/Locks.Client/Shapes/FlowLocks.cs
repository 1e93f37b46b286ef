namespace Locks.Client.Shapes;

/// <summary>
/// The locks that the current flow of control has acquired by key, or has tried to. A flow is what async locals follow: a call, what it
/// calls, and the tasks that it starts. A task sees what was acquired before it was started, and not what its siblings acquire.
/// </summary>
internal sealed class FlowLocks
{
    private readonly AsyncLocal<Attempt?> _latest = new();

    /// <summary>The flow attempts to acquire a lock. Call it from the flow itself, not from an async method that ends before the flow.</summary>
    public Attempt Begin(string key)
    {
        var attempt = new Attempt(key, CurrentStrand(), Relevant(_latest.Value));
        _latest.Value = attempt;
        return attempt;
    }

    /// <summary>
    /// The lock that the flow has acquired, if it has. What a task or thread inherits from the one that started it does not count when its
    /// own attempt has failed.
    /// </summary>
    public ILockHandle? Find(string key)
    {
        var own = Latest(_latest.Value, key);
        var acquired = own;
        while (acquired is { Handle: null })
            acquired = Latest(acquired.Earlier, key);
        var isInherited = own?.Strand is { } strand && strand != acquired?.Strand;
        return own == acquired || !isInherited ? acquired?.Handle : null;
    }

    /// <summary>
    /// The task that begins here, or the thread if it is none of the pool's. A flow that goes on after an <c>await</c> is neither:
    /// <see langword="null"/>.
    /// </summary>
    private static (char Kind, int Id)? CurrentStrand() =>
        Task.CurrentId is { } task ? ('t', task)
        : Thread.CurrentThread.IsThreadPoolThread ? null
        : ('T', Environment.CurrentManagedThreadId);

    private static Attempt? Latest(Attempt? attempt, string key)
    {
        while (attempt is not null && attempt.Key != key)
            attempt = attempt.Earlier;
        return attempt;
    }

    /// <summary>
    /// The attempts without those that hold nothing: a flow that goes on for long does not collect them. One that failed stays when it comes
    /// after an earlier one.
    /// </summary>
    private static Attempt? Relevant(Attempt? attempt)
    {
        if (attempt is null)
            return null;

        var earlier = Relevant(attempt.Earlier);
        var isRelevant = attempt.IsPending || attempt.Handle is { IsHeld: true } || Latest(earlier, attempt.Key) is not null;
        return !isRelevant ? earlier : ReferenceEquals(earlier, attempt.Earlier) ? attempt : attempt.After(earlier);
    }

    /// <summary>One attempt at a lock.</summary>
    internal sealed class Attempt(string key, (char Kind, int Id)? strand, Attempt? earlier)
    {
        private readonly Attempt? _origin;

        private Attempt(Attempt origin, Attempt? earlier)
            : this(origin.Key, origin.Strand, earlier) => _origin = origin;

        public string Key => key;

        /// <summary>The task or thread that made it, where that is known.</summary>
        public (char Kind, int Id)? Strand => strand;

        public Attempt? Earlier => earlier;

        /// <summary>Whether it is not answered yet.</summary>
        public bool IsPending { get => _origin?.IsPending ?? field; private set; } = true;

        /// <summary>The lock, if the attempt has acquired it.</summary>
        public ILockHandle? Handle { get => _origin is null ? field : _origin.Handle; private set; }

        public void End(ILockHandle? handle) => (Handle, IsPending) = (handle, false);

        /// <summary>The same attempt, after other earlier ones.</summary>
        public Attempt After(Attempt? other) => new(_origin ?? this, other);
    }
}
