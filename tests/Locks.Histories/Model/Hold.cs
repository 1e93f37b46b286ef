namespace Locks.Histories.Model;

/// <summary>A lock that a caller got, and for how long the caller is known to have held it.</summary>
/// <param name="who">The caller.</param>
/// <param name="fence">The fencing token.</param>
/// <param name="from">The first moment at which the caller is known to hold the lock.</param>
public sealed class Hold(string who, long fence, TimeSpan from)
{
    /// <summary>The caller.</summary>
    public string Who => who;

    /// <summary>The fencing token.</summary>
    public long Fence => fence;

    /// <summary>The first moment at which the caller is known to hold the lock.</summary>
    public TimeSpan From { get; } = from;

    /// <summary>The last one. A lease has no holes, so the caller held the lock all the time between the two.</summary>
    public TimeSpan Until { get; internal set; } = from;

    /// <summary>Whether the caller counts on nothing any more.</summary>
    public bool IsOver { get; internal set; }

    internal bool Overlaps(Hold other)
    {
        // A lock that is released may be granted at the same moment.
        var mayTouch = IsOver || other.IsOver;
        return mayTouch ? From < other.Until && other.From < Until : From <= other.Until && other.From <= Until;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{who} (token {fence})";
}
