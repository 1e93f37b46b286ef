namespace Locks.Client.Requests;

/// <summary>What rents a timer of a <see cref="TimerPool"/>.</summary>
internal interface ITimed
{
    /// <summary>The timer has fired: for this one, or late for the one that rented it before. Look at the clock.</summary>
    void OnTimer();
}
