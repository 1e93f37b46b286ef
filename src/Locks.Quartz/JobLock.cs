using System.Globalization;
using System.Text.RegularExpressions;
using Locks.Client;
using Locks.Contracts;
using Quartz;

namespace Locks.Quartz;

/// <summary>How the jobs of one type are locked: what their attribute says, checked.</summary>
internal sealed partial class JobLock
{
    private const int Day = 86_400;
    private const int MostReschedules = 10_000;

    private static readonly int LongestHold = (int)TimeSpan.FromDays(30).TotalSeconds;

    private readonly string? _template;

    /// <exception cref="ArgumentException">A value is out of its range; the message names it, its value and the range.</exception>
    public JobLock(UseDistributedLockAttribute attribute)
    {
        Require(nameof(attribute.WaitSeconds), attribute.WaitSeconds, 0, Day);
        Require(nameof(attribute.RescheduleSeconds), attribute.RescheduleSeconds, 1, Day);
        Require(nameof(attribute.MaxReschedules), attribute.MaxReschedules, 1, MostReschedules);
        Require(nameof(attribute.LeaseSeconds), attribute.LeaseSeconds, 0, Day);
        Require(nameof(attribute.HoldAtLeastSeconds), attribute.HoldAtLeastSeconds, 0, Day);
        Require(nameof(attribute.MaxHoldSeconds), attribute.MaxHoldSeconds, 0, LongestHold);

        _template = attribute.Key;
        WhenBusy = attribute.WhenBusy;
        Wait = TimeSpan.FromSeconds(attribute.WaitSeconds);
        RescheduleDelay = TimeSpan.FromSeconds(attribute.RescheduleSeconds);
        MaxReschedules = attribute.MaxReschedules;
        Options = new LockOptions
        {
            AutoRenew = true,
            Owner = attribute.Owner,
            Lease = Given(attribute.LeaseSeconds),
            HoldAtLeast = Given(attribute.HoldAtLeastSeconds),
            MaxHold = Given(attribute.MaxHoldSeconds),
        };
        Options.Validate();
    }

    /// <inheritdoc cref="UseDistributedLockAttribute.WhenBusy"/>
    public WhenBusy WhenBusy { get; }

    /// <inheritdoc cref="UseDistributedLockAttribute.WaitSeconds"/>
    public TimeSpan Wait { get; }

    /// <inheritdoc cref="UseDistributedLockAttribute.RescheduleSeconds"/>
    public TimeSpan RescheduleDelay { get; }

    /// <inheritdoc cref="UseDistributedLockAttribute.MaxReschedules"/>
    public int MaxReschedules { get; }

    /// <summary>How the lock is held.</summary>
    public LockOptions Options { get; }

    /// <summary>The key of the lock for one run of a job.</summary>
    /// <exception cref="ArgumentException">The job's data lacks a value, or the key breaks a limit.</exception>
    public string KeyOf(IJobExecutionContext context)
    {
        var key = _template is null
            ? context.JobDetail.Key.ToString()
            : Placeholder().Replace(_template, match => ValueOf(context, match.Groups[1].Value));
        return LockLimits.CheckKey(key) is { } problem
            ? throw new ArgumentException($"The job '{context.JobDetail.Key}' can't be locked: its {problem}.", nameof(context))
            : key;
    }

    private static string ValueOf(IJobExecutionContext context, string name) =>
        context.MergedJobDataMap.TryGetValue(name, out var value) && Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text
            ? text
            : throw new ArgumentException(
                $"The job '{context.JobDetail.Key}' can't be locked: its key names '{name}', and its data has no value of that name.",
                nameof(context));

    private static TimeSpan? Given(int seconds) => seconds == 0 ? null : TimeSpan.FromSeconds(seconds);

    private static void Require(string name, int value, int least, int most)
    {
        if (value < least || value > most)
        {
            throw new ArgumentOutOfRangeException(
                name, value, $"{nameof(UseDistributedLockAttribute)}.{name} is '{value}'; it must be between {least} and {most}.");
        }
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();
}
