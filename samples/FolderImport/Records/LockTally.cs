namespace FolderImport.Records;

/// <summary>How often a worker was granted a lock, and how often it found one taken.</summary>
internal sealed class LockTally
{
    public long Grants { get; set; }

    public long FoundTaken { get; set; }

    /// <summary>Takes out what was counted so far.</summary>
    public LockTally Take()
    {
        var taken = new LockTally { Grants = Grants, FoundTaken = FoundTaken };
        Grants = FoundTaken = 0;
        return taken;
    }
}
