namespace SuspendedHolder.Hosting;

/// <summary>
/// What a run's own things are called. They carry the name of the run, so that neither messages left over from another run nor other users of the
/// broker get in the way; the lock has a coordinator of its own for the same reason.
/// </summary>
internal sealed record Names(string Run)
{
    public string Queue => $"suspended-holder-{Run}-locks";

    public string LockKey => $"suspended-holder:{Run}:account";
}
