namespace RequestClient.Story;

/// <summary>What the lock guards. It refuses a writer whose fencing token is lower than one that it has seen.</summary>
internal sealed class Report
{
    private long _highestToken;

    public bool TryWrite(long fencingToken)
    {
        if (fencingToken < _highestToken)
            return false;
        _highestToken = fencingToken;
        return true;
    }
}
