using NightlyJob.Jobs;
using NightlyJob.Records;

namespace NightlyJob.Running;

/// <summary>What came of the due times of a run.</summary>
internal sealed record NightlyReport(IReadOnlyList<NightReport> Nights)
{
    /// <summary>Every shop was closed once each time.</summary>
    public bool IsRight => Nights.All(night => night is { IsDone: true, Duplicates: 0 });

    /// <summary>The last line on standard output, for scripts.</summary>
    public string Summary =>
        $"due={Nights.Count} done={Nights.Count(night => night.IsDone)} duplicates={Nights.Sum(night => night.Duplicates)} "
        + $"resumed={Nights.Count(night => night.IsResumed)}";
}

/// <summary>What came of one due time.</summary>
/// <param name="Due">The due time.</param>
/// <param name="Closings">What was closed.</param>
internal sealed record NightReport(DateTimeOffset Due, IReadOnlyList<ShopClosing> Closings)
{
    /// <summary>How many shops were closed.</summary>
    public int Shops => Closings.DistinctBy(closing => closing.Shop).Count();

    /// <summary>How often a shop was closed that had been closed before.</summary>
    public int Duplicates => Closings.Count - Shops;

    public bool IsDone => Shops == DayClosing.Shops;

    /// <summary>Whether an instance went on where another one had ended.</summary>
    public bool IsResumed => IsDone && Duplicates == 0 && Instances.Count > 1;

    /// <summary>The instances that did it, in their order.</summary>
    public IReadOnlyList<string> Instances => [.. Closings.Select(closing => closing.Instance).Distinct()];
}
