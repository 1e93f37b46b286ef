namespace NightlyJob.Jobs;

/// <summary>What the other instances do while one runs the job.</summary>
internal enum Guard
{
    /// <summary>Wait for the lock, and then look what is left to do.</summary>
    Wait,

    /// <summary>Leave this time to the holder of the lock.</summary>
    Skip,

    /// <summary>There is no lock: to see what happens.</summary>
    None,
}
