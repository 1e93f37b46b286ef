namespace PaymentCapture.Records;

/// <summary>What the processes of a run have counted.</summary>
internal interface ITallies
{
    /// <summary>Records what a process has counted so far.</summary>
    Task RecordAsync(string run, int process, Counts counts, CancellationToken cancellationToken);

    Task<Counts> SumAsync(string run, CancellationToken cancellationToken);
}
