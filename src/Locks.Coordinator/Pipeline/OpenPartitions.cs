namespace Locks.Coordinator.Pipeline;

/// <summary>
/// How many queues this coordinator reads beside the common one; nothing until it reads all of them, or knows that there are none. Other
/// coordinators may read them already, and clients are not to be turned away from those.
/// </summary>
internal sealed class OpenPartitions
{
    private const int Unknown = -1;

    private volatile int _count = Unknown;

    public int? Count
    {
        get => _count is not Unknown and var count ? count : null;
        set => _count = value ?? Unknown;
    }
}
