namespace Locks.Testing;

/// <summary>How the lock test harness behaves.</summary>
public sealed class LockTestHarnessOptions
{
    private static readonly TimeSpan MinTimeout = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MinWorkTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromMinutes(10);

    /// <summary>The time that locks live by. Default: a new one, which stands still until the test moves it.</summary>
    public ManualTimeProvider Time { get; set; } = new();

    /// <summary>
    /// Whether <see cref="Time"/> is the application's <see cref="TimeProvider"/> too. Default: yes, so that a consumer's own delays and the
    /// leases that they run against move together. Then everything in the application that takes its time from its services stands still
    /// until the test moves it: a <c>Task.Delay(…, timeProvider)</c> does not end by itself, and what compares its time with the world's
    /// (tokens, cookies, certificates) sees <see cref="ManualTimeProvider.Start"/>. With no, only the locks live by <see cref="Time"/>.
    /// MassTransit itself lives by the system's time in either case.
    /// </summary>
    public bool ShareTime { get; set; } = true;

    /// <summary>
    /// How long, in real time, an assertion waits for what it asserts, and an operation of the harness for its end, before it fails. 100 ms
    /// to 10 min, default 10 s. Only a test that fails waits that long.
    /// An operation gets at least 10 s, however little this is.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long what no test expects to fail may take: a test that wants its assertions to fail quickly gets no less time for that.</summary>
    internal TimeSpan WorkTimeout => Timeout > MinWorkTimeout ? Timeout : MinWorkTimeout;

    /// <summary>Refuses nonsense.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it, its value and the range.</exception>
    internal void Validate()
    {
        if (Time is null)
            throw new ArgumentException($"{nameof(LockTestHarnessOptions)}.{nameof(Time)} is null; it must be a {nameof(ManualTimeProvider)}.");
        if (Timeout < MinTimeout || Timeout > MaxTimeout)
        {
            throw new ArgumentOutOfRangeException(
                nameof(Timeout), Timeout,
                $"{nameof(LockTestHarnessOptions)}.{nameof(Timeout)} is '{Timeout}'; it must be between {MinTimeout:c} and {MaxTimeout:c}.");
        }
    }
}
